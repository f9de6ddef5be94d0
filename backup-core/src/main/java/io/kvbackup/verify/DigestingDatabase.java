package io.kvbackup.verify;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A scratch database that digests all entries it is given. Used by one thread. */
final class DigestingDatabase implements Database {
    private final Database scratch;
    private final DrillBudget budget;
    private final Map<String, EntryDigest.Result> given = new HashMap<>();

    DigestingDatabase(Database scratch, DrillBudget budget) {
        this.scratch = scratch;
        this.budget = budget;
    }

    @Override
    public String name() {
        return scratch.name();
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return scratch.openSnapshot();
    }

    @Override
    public boolean restoreReplacesEntries() throws IOException {
        return scratch.restoreReplacesEntries();
    }

    /** The digest of the entries that a set was given. */
    EntryDigest.Result given(String set) {
        EntryDigest.Result result = given.get(set);
        return result == null ? new EntryDigest().result() : result;
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        DatabaseRestore restore = scratch.beginRestore(header);
        return new DatabaseRestore() {
            private String set = "";
            private @Nullable EntryDigest digest;

            @Override
            public EntryVisitor set(String name) throws IOException {
                endSet();
                EntryVisitor to = restore.set(name);
                EntryDigest witness = new EntryDigest();
                set = name;
                digest = witness;
                return (key, value) -> {
                    witness.visit(key, value);
                    budget.spend(key, value);
                    to.visit(key, value);
                };
            }

            private void endSet() {
                if (digest != null) {
                    given.put(set, digest.result());
                    digest = null;
                }
            }

            @Override
            public void dropOtherSets() {
                restore.dropOtherSets();
            }

            @Override
            public void prepare() throws IOException {
                endSet();
                restore.prepare();
            }

            @Override
            public void commit() throws IOException {
                endSet();
                restore.commit();
            }

            @Override
            public void close() throws IOException {
                restore.close();
            }
        };
    }
}
