package io.kvbackup.server;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;

/** A map of 1,000 entries whose scan stops in the middle until it may go on, or fails. */
final class SlowDatabase implements Database {
    private static final int ENTRIES = 1_000;

    private final Database maps;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean failing;

    SlowDatabase(String name) {
        ConcurrentSkipListMap<String, String> items = new ConcurrentSkipListMap<>();
        for (int i = 0; i < ENTRIES; i++) {
            items.put(String.format("key-%04d", i), "value " + i);
        }
        maps = MapDatabase.builder(name)
                .set("items", items, Codec.utf8(), Codec.utf8())
                .build();
    }

    /** From now on scans stop in the middle. */
    void stop() {
        gate = new CountDownLatch(1);
    }

    void goOn() {
        gate.countDown();
    }

    void failing(boolean fails) {
        failing = fails;
    }

    @Override
    public String name() {
        return maps.name();
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return maps.beginRestore(header);
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        if (failing) {
            throw new IOException("the database is locked by <script>alert(1)</script>");
        }
        DatabaseSnapshot snapshot = maps.openSnapshot();
        return new DatabaseSnapshot() {
            @Override
            public DatabaseBackup header() {
                return snapshot.header();
            }

            @Override
            public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                int[] count = new int[1];
                snapshot.readEntries(set, range, (key, value) -> {
                    if (++count[0] == ENTRIES / 2) {
                        await();
                    }
                    to.visit(key, value);
                });
            }

            @Override
            public OptionalLong estimatedEntries() {
                return OptionalLong.of(ENTRIES);
            }

            @Override
            public void close() throws IOException {
                snapshot.close();
            }
        };
    }

    private void await() throws InterruptedIOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }
}
