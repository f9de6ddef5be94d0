/** Copies backups into other stores, and archives into files and back. */
@NullMarked
package io.kvbackup.copy;

import org.jspecify.annotations.NullMarked;
