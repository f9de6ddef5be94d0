package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A database whose scan fails after some entries; counts the snapshots that are open. */
final class FailingDatabase implements Database {
    private final Database healthy;
    private final AtomicInteger openSnapshots = new AtomicInteger();
    private int entriesBeforeFailure = Integer.MAX_VALUE;
    private Callable<Void> failure = () -> null;

    FailingDatabase(Database healthy) {
        this.healthy = healthy;
    }

    /** @param how throws */
    void failAfter(int entries, Callable<Void> how) {
        entriesBeforeFailure = entries;
        failure = how;
    }

    int openSnapshots() {
        return openSnapshots.get();
    }

    @Override
    public String name() {
        return healthy.name();
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return healthy.beginRestore(header);
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        DatabaseSnapshot snapshot = healthy.openSnapshot();
        openSnapshots.incrementAndGet();
        return new DatabaseSnapshot() {
            private int entries;

            @Override
            public DatabaseBackup header() {
                return snapshot.header();
            }

            @Override
            public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                failIfDue();
                snapshot.readEntries(set, range, (key, value) -> {
                    to.visit(key, value);
                    entries++;
                    failIfDue();
                });
            }

            private void failIfDue() throws IOException {
                if (entries >= entriesBeforeFailure) {
                    try {
                        failure.call();
                    } catch (IOException | RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            }

            @Override
            public void close() throws IOException {
                openSnapshots.decrementAndGet();
                snapshot.close();
            }
        };
    }
}
