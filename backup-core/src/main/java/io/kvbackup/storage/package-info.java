/** Where backups are kept: the storage SPI, and what wraps any store of it. */
@NullMarked
package io.kvbackup.storage;

import org.jspecify.annotations.NullMarked;
