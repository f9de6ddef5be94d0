/**
 * What one process has in hand and others must leave alone, and what is left of it when that process dies:
 * {@linkplain io.kvbackup.claim.FileClaim claims} that the operating system gives up for the dead,
 * {@linkplain io.kvbackup.claim.OwnedFolder folders with a mark}, without which nothing is ever removed,
 * {@linkplain io.kvbackup.claim.TemporaryFolder temporary folders} whose remains the next one removes,
 * {@linkplain io.kvbackup.claim.PrivateFiles files} that nobody else may read, and
 * {@linkplain io.kvbackup.claim.DiskSync what outlasts} even the machine. Within the process,
 * {@linkplain io.kvbackup.claim.HeldLock the host's lock}.
 */
@NullMarked
package io.kvbackup.claim;

import org.jspecify.annotations.NullMarked;
