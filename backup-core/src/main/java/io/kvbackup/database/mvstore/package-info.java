/**
 * H2 MVStore databases; needs {@code com.h2database:h2-mvstore} on the class path.
 *
 * <p>What a restore of database {@code d} keeps in the store itself, in the order in which it comes into being:
 *
 * <pre>
 * map kvbackup.staged:d:items     the restored entries of map items, one such map for each set
 * map kvbackup.restore:d          one entry, the names of the sets: the restore is decided
 * </pre>
 *
 * <p>Without that entry the staged maps are rubbish, with it they take the places of the live ones, whatever happens.
 */
@NullMarked
package io.kvbackup.database.mvstore;

import org.jspecify.annotations.NullMarked;
