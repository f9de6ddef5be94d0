/**
 * Backups for in-process key-value databases. Start at {@link io.kvbackup.BackupManager}:
 *
 * <pre>{@code
 * try (BackupManager manager = BackupManager.builder()
 *         .storage("file:///var/backups")
 *         .database(MapDatabase.builder("orders")
 *                 .set("items", items, Codec.utf8(), Codec.json(Item.class))
 *                 .build())
 *         .build()) {
 *     Backup backup = manager.backupDatabase("orders");
 *     manager.restoreDatabase(backup.objectName());
 * }
 * }</pre>
 */
@NullMarked
package io.kvbackup;

import org.jspecify.annotations.NullMarked;
