/** Backups for in-process key-value databases. Start at {@code BackupManager}. */
@NullMarked
package io.kvbackup;

import org.jspecify.annotations.NullMarked;
