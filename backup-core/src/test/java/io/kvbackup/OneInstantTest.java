package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/**
 * Ten threads write to a RocksDB and to a map, always the same number to the same key of both, under the shared side of
 * a lock; the manager holds the other side as its barrier. Each backup must show both databases at the same instant.
 */
class OneInstantTest {
    private static final int THREADS = 10;
    private static final int BACKUPS = 8;

    private final ReadWriteLock barrier = new ReentrantReadWriteLock(true);
    private final ConcurrentMap<String, String> map = new ConcurrentHashMap<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong writes = new AtomicLong();

    @Test
    void twoDatabasesAreBackedUpAtOneInstantUnderTenWriters(@TempDir Path folder) throws Exception {
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.toString());
                MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .barrier(barrier.writeLock())
                        .database(RocksDbDatabase.builder("rocks", rocks).build())
                        .database(MapDatabase.builder("map")
                                .set("default", map, Codec.utf8(), Codec.utf8())
                                .build())
                        .build()) {
            ExecutorService writers = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    String key = "writer-" + thread;
                    running.add(writers.submit(() -> write(rocks, key)));
                }
                for (int i = 0; i < BACKUPS; i++) {
                    Backup backup = manager.backupAllDatabases();
                    FullBackup state = manager.load(backup.objectName());
                    assertThat(text(state, "rocks")).as("backup %d", i).isEqualTo(text(state, "map"));
                }
                stop.set(true);
                for (Future<?> writer : running) {
                    writer.get(30, TimeUnit.SECONDS);
                }
            } finally {
                stop.set(true);
                writers.shutdown();
                assertThat(writers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(writes.get()).as("writes during the backups").isGreaterThan(THREADS);
    }

    private Void write(RocksDB rocks, String key) throws Exception {
        for (long number = 0; !stop.get(); number++) {
            barrier.readLock().lock();
            try {
                rocks.put(key.getBytes(UTF_8), Long.toString(number).getBytes(UTF_8));
                map.put(key, Long.toString(number));
            } finally {
                barrier.readLock().unlock();
            }
            writes.incrementAndGet();
        }
        return null;
    }

    private static List<String> text(FullBackup state, String database) {
        return state.databases().get(database).sets().get("default").data().entrySet().stream()
                .map(entry -> new String(entry.getKey(), UTF_8) + "=" + new String(entry.getValue(), UTF_8))
                .toList();
    }
}
