package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;

/**
 * Takes the content of an archive piece by piece. An archive writer is one, and so is everything that reads one: the
 * order of calls is {@code (beginDatabase (beginSet endSet)* endDatabase)*}, with {@code metadata} anywhere between
 * databases.
 */
public interface ArchiveVisitor {
    /** @param name empty if an archive of one database tells its name only after the sets */
    void beginDatabase(String name) throws IOException;

    /** @return takes the entries of the set until {@link #endSet()} */
    EntryVisitor beginSet(SetBackup header) throws IOException;

    void endSet() throws IOException;

    /** @param header the whole description, with the headers of all sets that have passed */
    void endDatabase(DatabaseBackup header) throws IOException;

    /** The summary; archives of a single database have none. */
    void metadata(BackupMetadata metadata) throws IOException;
}
