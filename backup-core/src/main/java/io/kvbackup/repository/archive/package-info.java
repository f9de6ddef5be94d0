/** Backups as one portable archive, written and read. */
@NullMarked
package io.kvbackup.repository.archive;

import org.jspecify.annotations.NullMarked;
