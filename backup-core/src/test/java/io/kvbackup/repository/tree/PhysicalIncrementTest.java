package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.WrappedDatabase;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.directory.SettledFolder;
import io.kvbackup.database.rocksdb.RocksDbCheckpoint;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;

/** Of files, as they are and as RocksDB links them into a checkpoint: what is as it was is not read. */
@DisabledOnOs(OS.WINDOWS)
class PhysicalIncrementTest {
    private static final Instant LONG_AGO = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    private Path folder;

    private Path files;
    private TreeHost host;
    /** Bytes of content that the last backup has read. */
    private long read;

    /** Counts the content that is read. */
    private final class Counting extends WrappedDatabase {
        Counting(Database database) {
            super(database);
        }

        @Override
        protected DatabaseSnapshot wrap(DatabaseSnapshot snapshot) {
            return new Snapshot(snapshot) {
                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    super.readEntries(set, range, (key, value) -> {
                        read += set.equals(DirectoryDatabase.BLOCKS) ? value.length : 0;
                        to.visit(key, value);
                    });
                }
            };
        }
    }

    @BeforeEach
    void open() throws IOException {
        files = Files.createDirectory(folder.resolve("files"));
        host = new TreeHost(new MemoryStorageClient(), folder.resolve("temporary"));
        host.packBytes = 4 << 20;
        host.chunkSize = java.util.OptionalInt.of(8 << 10);
        host.restart();
    }

    private Backup backup(Database database) throws IOException {
        read = 0;
        Backup backup = host.backup(new Counting(database));
        try (DatabaseSnapshot snapshot = database.openSnapshot();
                TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder.resolve("temporary"))) {
            fresh.chunkSize = host.chunkSize;
            fresh.restart();
            assertThat(blocks(host, backup)).isEqualTo(blocks(fresh, fresh.backup(database)));
        }
        return backup;
    }

    private static String blocks(TreeHost of, Backup backup) throws IOException {
        return of.document(backup)
                .databases()
                .get(0)
                .root(DirectoryDatabase.BLOCKS)
                .map(Ref::digest)
                .orElseThrow()
                .toString();
    }

    private Path write(String name, int bytes, long seed) throws IOException {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        Path file = Files.write(files.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusNanos(seed)));
        return file;
    }

    @Test
    void ofAFolderOnlyFilesThatChangedAreRead() throws Exception {
        for (int i = 0; i < 20; i++) {
            write("file-" + i, i % 4 == 0 ? 2_500_000 : 3_000 * i, i);
        }
        Database database = SettledFolder.of("orders", files);
        backup(database);
        long stored = host.packBytes();
        host.restart();
        backup(database);
        assertThat(read).isZero();
        assertThat(host.packBytes()).isEqualTo(stored);

        write("file-8", 2_500_000, 99);
        Files.delete(files.resolve("file-3"));
        write("file-17b", 5_000, 100);
        backup(database);
        assertThat(read).as("the changed file, its neighbours").isBetween(2_505_000L, 9_000_000L);
        assertThat(host.packBytes() - stored).isBetween(2_505_000L, 3_000_000L);
        assertThat(host.drifts).isEmpty();
    }

    @Test
    void ofACheckpointOnlyNewFilesAreRead() throws Exception {
        Path live = folder.resolve("db");
        try (RocksDB db = RocksDB.open(live.toString());
                FlushOptions flush = new FlushOptions()) {
            Random random = new Random(5);
            for (int file = 0; file < 5; file++) {
                for (int i = 0; i < 2_000; i++) {
                    byte[] value = new byte[500];
                    random.nextBytes(value);
                    db.put(("key-" + file + "-" + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII), value);
                }
                db.flush(flush);
            }
            db.pauseBackgroundWork();
            age(live);
            Database database = RocksDbCheckpoint.of("orders", db, folder.resolve("restored"));
            backup(database);
            long tables = bytesOfTables(live);
            assertThat(read).isGreaterThan(tables);
            host.restart();
            backup(database);
            assertThat(read).as("tables are links to the same files").isLessThan(100_000);
            db.continueBackgroundWork();
            db.put(new byte[] {1}, new byte[] {2});
            backup(database);
            assertThat(read).isLessThan(tables / 4);
        }
    }

    private static void age(Path live) throws IOException {
        for (Path table : tables(live)) {
            Files.setLastModifiedTime(table, FileTime.from(LONG_AGO));
        }
    }

    private static long bytesOfTables(Path live) throws IOException {
        long bytes = 0;
        for (Path table : tables(live)) {
            bytes += Files.size(table);
        }
        return bytes;
    }

    private static List<Path> tables(Path live) throws IOException {
        try (Stream<Path> all = Files.list(live)) {
            return all.filter(file -> file.toString().endsWith(".sst")).toList();
        }
    }
}
