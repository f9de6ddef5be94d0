/** The {@code file:} store: objects as files of a folder. */
@NullMarked
package io.kvbackup.storage.file;

import org.jspecify.annotations.NullMarked;
