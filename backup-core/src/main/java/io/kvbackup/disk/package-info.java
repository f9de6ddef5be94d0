/**
 * What one process has in hand and others must leave alone, and what is left of it when that process dies:
 * {@linkplain io.kvbackup.disk.FileClaim claims} that the operating system gives up for the dead,
 * {@linkplain io.kvbackup.disk.OwnedFolder folders with a mark}, without which nothing is ever removed,
 * {@linkplain io.kvbackup.disk.TemporaryFolder temporary folders} whose remains the next one removes,
 * {@linkplain io.kvbackup.disk.PrivateFiles files} that nobody else may read, and
 * {@linkplain io.kvbackup.disk.DiskSync what outlasts} even the machine. Within the process,
 * {@linkplain io.kvbackup.disk.HeldLock the host's lock}.
 */
@NullMarked
package io.kvbackup.disk;

import org.jspecify.annotations.NullMarked;
