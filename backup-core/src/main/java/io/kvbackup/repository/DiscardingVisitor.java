package io.kvbackup.repository;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;

/** Takes an archive for the sake of having read it; a subclass may have an eye on part of it. */
public class DiscardingVisitor implements ArchiveVisitor {
    public static final EntryVisitor NO_ENTRIES = (key, value) -> {};

    @Override
    public void beginDatabase(String name) {}

    @Override
    public EntryVisitor beginSet(SetBackup header) {
        return NO_ENTRIES;
    }

    @Override
    public void endSet() {}

    @Override
    public void endDatabase(DatabaseBackup header) {}

    @Override
    public void metadata(BackupMetadata metadata) {}
}
