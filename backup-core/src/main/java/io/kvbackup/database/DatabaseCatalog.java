package io.kvbackup.database;

import java.io.IOException;
import java.util.Set;

/** The databases of a host that creates and drops them at run time. Safe for use by several threads. */
public interface DatabaseCatalog {
    /** Names of the databases that exist now. */
    Set<String> databaseNames() throws IOException;

    /**
     * A handle on a database, whether or not it exists. Asking for it creates nothing: a database that does not exist
     * comes into being when a restore into it commits, and until then opening a snapshot of it throws
     * {@link java.nio.file.NoSuchFileException}.
     */
    Database database(String name) throws IOException;

    /** Removes a database; does nothing if it does not exist. */
    void dropDatabase(String name) throws IOException;
}
