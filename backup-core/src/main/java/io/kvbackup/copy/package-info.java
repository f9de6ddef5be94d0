/** Copies of backups in other stores, and in files. */
@NullMarked
package io.kvbackup.copy;

import org.jspecify.annotations.NullMarked;
