/**
 * Continuous replication: what is written to a database goes into the store commit by commit, so that the database can
 * be restored as it was at any moment.
 */
@NullMarked
package io.kvbackup.replication;

import org.jspecify.annotations.NullMarked;
