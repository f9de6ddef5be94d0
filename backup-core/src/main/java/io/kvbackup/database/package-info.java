/** What is backed up: the SPI for host databases, and the adapter for maps. */
@NullMarked
package io.kvbackup.database;

import org.jspecify.annotations.NullMarked;
