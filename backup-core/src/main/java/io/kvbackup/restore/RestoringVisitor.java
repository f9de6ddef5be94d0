package io.kvbackup.restore;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.DiscardingVisitor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Leads each database of an archive to where it is staged. */
final class RestoringVisitor implements ArchiveVisitor {
    private final List<Optional<StagedDatabase>> databases;
    private final Set<String> unsortedSets;
    private int position = -1;
    private String set = "";
    private @Nullable SortingVisitor sorting;

    /** @param databases in the archive's order; empty for those that are not restored */
    RestoringVisitor(List<Optional<StagedDatabase>> databases, Set<String> unsortedSets) {
        this.databases = databases;
        this.unsortedSets = unsortedSets;
    }

    @Override
    public void beginDatabase(String name) {
        position++;
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        set = header.name();
        sorting = null;
        Optional<StagedDatabase> database = current();
        if (database.isEmpty()) {
            return DiscardingVisitor.NO_ENTRIES;
        }
        EntryVisitor staged = database.get().beginSet(set);
        if (unsortedSets.contains(set)) {
            sorting = new SortingVisitor(staged);
            return sorting;
        }
        return staged;
    }

    @Override
    public void endSet() throws IOException {
        if (sorting != null) {
            sorting.flush();
        }
        Optional<StagedDatabase> database = current();
        if (database.isPresent()) {
            database.get().endSet(set);
        }
    }

    private Optional<StagedDatabase> current() throws IOException {
        if (position >= databases.size()) {
            throw new IOException("the archive holds more databases than when it was looked at first");
        }
        return databases.get(position);
    }

    @Override
    public void endDatabase(DatabaseBackup header) {}

    @Override
    public void metadata(BackupMetadata metadata) {}
}
