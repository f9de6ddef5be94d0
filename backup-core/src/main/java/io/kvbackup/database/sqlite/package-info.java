/** SQLite databases; needs {@code org.xerial:sqlite-jdbc} on the class path. */
@NullMarked
package io.kvbackup.database.sqlite;

import org.jspecify.annotations.NullMarked;
