/** Proof that backups are whole and restore. */
@NullMarked
package io.kvbackup.verify;

import org.jspecify.annotations.NullMarked;
