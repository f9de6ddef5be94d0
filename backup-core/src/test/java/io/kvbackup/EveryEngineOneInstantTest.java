package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers put the same number under the same key into a database of every engine and into a file, under the shared side
 * of a lock whose other side is the manager's barrier. Each backup of all must show all of them at the same instant.
 */
class EveryEngineOneInstantTest {
    private static final int WRITERS = 4;
    private static final int BACKUPS = 5;

    private final ReadWriteLock barrier = new ReentrantReadWriteLock(true);
    /** A folder has no versions, so it keeps still until its files have been read. */
    private final ReadWriteLock folderLock = new ReentrantReadWriteLock(true);

    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<TestEngine> engines = new ArrayList<>();

    @TempDir
    private Path work;

    @Test
    void databasesOfAllEnginesAndAFolderAreBackedUpInOneCut() throws Exception {
        Path files = Files.createDirectory(work.resolve("files"));
        MemoryStorageClient storage = new MemoryStorageClient();
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(storage)
                .barrier(barrier.writeLock())
                .database(DirectoryDatabase.builder("folder", files)
                        .lock(folderLock.writeLock())
                        .build());
        for (TestEngine.Kind kind : TestEngine.Kind.values()) {
            TestEngine engine = kind.open(work, kind.name());
            engines.add(engine);
            builder.database(engine.database());
        }
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try (BackupManager manager = builder.build()) {
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String key = "writer-" + i;
                running.add(writers.submit(() -> write(files, key)));
            }
            for (int i = 0; i < BACKUPS; i++) {
                Backup backup = manager.backupAllDatabases();
                assertOneInstant(manager.load(backup.objectName()), "backup " + i);
            }
            stop.set(true);
            for (Future<Long> writer : running) {
                assertThat(writer.get(30, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            stop.set(true);
            writers.shutdown();
            assertThat(writers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            for (TestEngine engine : engines) {
                engine.close();
            }
        }
    }

    private Long write(Path files, String key) throws Exception {
        long number = 0;
        while (!stop.get()) {
            number++;
            barrier.readLock().lock();
            try {
                for (TestEngine engine : engines) {
                    engine.put("items", key, Long.toString(number));
                }
                folderLock.readLock().lock();
                try {
                    Files.writeString(files.resolve(key), Long.toString(number));
                } finally {
                    folderLock.readLock().unlock();
                }
            } finally {
                barrier.readLock().unlock();
            }
        }
        return number;
    }

    private static void assertOneInstant(FullBackup state, String when) {
        NavigableMap<String, String> expected = text(state, "folder", DirectoryDatabase.BLOCKS);
        for (TestEngine.Kind kind : TestEngine.Kind.values()) {
            assertThat(text(state, kind.name(), "items"))
                    .as("%s: %s and the folder", when, kind)
                    .isEqualTo(expected);
        }
    }

    /** The key of a block goes on with zeros after the name. */
    private static NavigableMap<String, String> text(FullBackup state, String database, String set) {
        NavigableMap<String, String> text = new TreeMap<>();
        state.databases().get(database).sets().get(set).data().forEach((key, value) -> {
            String name = new String(key, UTF_8);
            int end = name.indexOf('\0');
            text.put(end < 0 ? name : name.substring(0, end), new String(value, UTF_8));
        });
        return text;
    }
}
