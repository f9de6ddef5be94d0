/**
 * An in-memory database server: databases of sets of JSON values over HTTP, with indexes, users, and backups by
 * request and by the clock. Its databases come and go at run time, so it gives its manager a
 * {@link io.kvbackup.database.DatabaseCatalog}.
 */
@NullMarked
package io.kvbackup.examples.kvserver;

import org.jspecify.annotations.NullMarked;
