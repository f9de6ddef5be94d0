/** Where backups are kept: the SPI for stores, the store in memory, and wrappers for any store. */
@NullMarked
package io.kvbackup.storage;

import org.jspecify.annotations.NullMarked;
