/**
 * RocksDB databases; needs {@code org.rocksdb:rocksdbjni} on the class path.
 *
 * <p>What a restore keeps in its staging directory, in the order in which it comes into being:
 *
 * <pre>
 * LOCK                  held by the one restore that works here
 * 0-0.sst, 0-1.sst ...  the entries of the first column family, then 1-0.sst ... of the second
 * ingest/0-x0.sst ...   deletions of the keys that live in the first column family at commit
 * COMMIT                the restore is decided: lists families, files and sizes, and where RocksDB stands; temp, fsync,
 *                       rename, fsync; written anew after each family, without it
 * ingest/0-0.sst ...    hard links, which RocksDB moves into the database, one call for each family
 * </pre>
 *
 * <p>Without {@code COMMIT} everything here is rubbish, with it everything is needed until all families are done.
 */
@NullMarked
package io.kvbackup.database.rocksdb;

import org.jspecify.annotations.NullMarked;
