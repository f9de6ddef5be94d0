/** RocksDB databases; needs {@code org.rocksdb:rocksdbjni} on the class path. */
@NullMarked
package io.kvbackup.database.rocksdb;

import org.jspecify.annotations.NullMarked;
