/** Where backups are kept: the storage SPI, its decorators, and the {@code file:} and {@code mem:} stores. */
@NullMarked
package io.kvbackup.storage;

import org.jspecify.annotations.NullMarked;
