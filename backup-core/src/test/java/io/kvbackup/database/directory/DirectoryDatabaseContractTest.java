package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryDatabaseContractTest extends DatabaseContract {
    private final ReentrantLock lock = new ReentrantLock(true);

    @TempDir
    private Path parent;

    private Path root;
    private Database database;
    private volatile boolean loses;

    @BeforeEach
    void create() throws IOException {
        root = parent.resolve("data");
        Files.createDirectories(root.resolve("first"));
        Files.createDirectories(root.resolve("second"));
        database = new FileEntries(DirectoryDatabase.builder("orders", root)
                .lock(lock)
                .sync(this::perhapsLose)
                .build());
    }

    /** Stands for a file system that drops what it was given. */
    private void perhapsLose(Path staged) throws IOException {
        if (loses && staged.endsWith(FileEntries.nameOf("lost".getBytes(StandardCharsets.UTF_8)))) {
            Files.delete(staged);
        }
    }

    @Override
    public boolean loseEntries() {
        loses = true;
        return true;
    }

    /** Each entry is a file here, so the contract's own test takes long. */
    @Override
    @Test
    public void readsEntriesOfManySizes() throws Exception {
        readsFilesOfManySizes(1_000);
    }

    /** Of 100,000 entries, the contract's own test makes one that takes a minute. */
    @Override
    @Test
    @Tag("thorough")
    public void readsManyEntriesOfManySizes() throws Exception {
        readsFilesOfManySizes(5_000);
    }

    private void readsFilesOfManySizes(int count) throws Exception {
        NavigableMap<byte[], byte[]> expected = DatabaseContents.empty();
        Random random = new Random(4711);
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[random.nextInt(1, 40)];
            byte[] value = new byte[random.nextInt(200) == 0 ? random.nextInt(9_000) : random.nextInt(60)];
            random.nextBytes(key);
            random.nextBytes(value);
            expected.put(key, value);
            write(Write.put("second", key, value));
        }
        DatabaseContents.assertSame(DatabaseContents.of(database).get("second"), expected, "seed 4711");
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void write(List<Write> together) throws Exception {
        lock.lockInterruptibly();
        try {
            for (Write write : together) {
                Path file = root.resolve(write.set()).resolve(FileEntries.nameOf(write.key()));
                if (write.value() == null) {
                    Files.deleteIfExists(file);
                } else {
                    Files.write(file, write.value());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public NavigableMap<byte[], byte[]> readLive(String set) throws IOException {
        NavigableMap<byte[], byte[]> live = DatabaseContents.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(set))) {
            for (Path file : files) {
                live.put(FileEntries.keyOf(file.getFileName().toString()), Files.readAllBytes(file));
            }
        }
        return live;
    }

    /** In hexadecimal digits, behind one letter, it is a name. */
    @Override
    protected int longestKey() {
        return 127;
    }

    @Override
    public boolean writersWaitForSnapshots() {
        return true;
    }

    @Override
    public void assertNothingLeftBehind() {
        assertThat(parent).isDirectoryContaining(path -> path.endsWith("data"));
        assertThat(parent.toFile().list()).containsExactly("data");
        assertThat(lock.isLocked()).isFalse();
    }
}
