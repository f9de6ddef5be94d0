package io.kvbackup.examples.benchmark;

import io.kvbackup.BackupManager;
import io.kvbackup.examples.engine.EngineKind;
import io.kvbackup.examples.engine.HostEngine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A writer that never rests, beside backups and alone, in turn, for the same time. */
final class SlowdownRounds implements Closeable {
    private static final int BATCH = 10_000;

    /**
     * What was counted.
     *
     * @param during writes while a backup was made
     * @param alone writes in as much time beside none
     * @param nanos that time
     */
    record Round(long during, long alone, long nanos) {
        double ratio() {
            return (double) during / Math.max(1, alone);
        }

        double seconds() {
            return nanos / 1e9;
        }

        double aloneRate() {
            return alone / seconds();
        }

        double backupRate() {
            return during / seconds();
        }
    }

    private final HostEngine engine;
    private final BackupManager manager;
    private final BenchmarkValues values = new BenchmarkValues(1);
    private final AtomicLong written = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread writer;
    private final int entries;

    SlowdownRounds(EngineKind kind, Path work, int entries) throws IOException {
        this.entries = entries;
        engine = kind.open(work, kind.name());
        manager = BackupManager.builder()
                .storage(work.resolve("backups").toUri().toString())
                .database(engine.database())
                .build();
        for (int from = 0; from < entries; from += BATCH) {
            List<HostEngine.Entry> batch = new ArrayList<>();
            for (int i = from; i < Math.min(entries, from + BATCH); i++) {
                batch.add(new HostEngine.Entry(BenchmarkValues.key(i), values.next()));
            }
            engine.putAll(batch);
        }
        writer = new Thread(this::write, "writer");
        writer.start();
    }

    /** Overwrites entry after entry, in an order that jumps about. */
    private void write() {
        try {
            for (long i = 1; !stop.get(); i++) {
                engine.put(BenchmarkValues.key(Math.floorMod(i * 7_919L, (long) entries)), values.next());
                written.incrementAndGet();
            }
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        }
    }

    List<Round> rounds(int count) throws IOException {
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rounds.add(round());
        }
        return rounds;
    }

    /** Backs up, then looks on for as long as that took. */
    Round round() throws IOException {
        long before = written.get();
        long start = System.nanoTime();
        String backup = manager.backupDatabase(engine.database().name()).objectName();
        long nanos = System.nanoTime() - start;
        long during = written.get() - before;
        manager.deleteBackup(backup);
        before = written.get();
        long lookedOn = lookOn(nanos);
        long alone = Math.round((double) (written.get() - before) * nanos / lookedOn);
        if (failure.get() != null) {
            throw new IOException("the writer failed", failure.get());
        }
        return new Round(during, alone, nanos);
    }

    private long lookOn(long nanos) throws IOException {
        long start = System.nanoTime();
        try {
            Thread.sleep(nanos / 1_000_000 + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() throws IOException {
        stop.set(true);
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try (engine) {
            manager.close();
        }
    }
}
