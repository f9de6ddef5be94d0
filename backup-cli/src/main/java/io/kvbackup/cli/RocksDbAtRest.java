package io.kvbackup.cli;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A RocksDB that nobody has open: each snapshot opens it for reading and holds its lock, so that nobody can open it
 * meanwhile.
 */
final class RocksDbAtRest implements Database {
    private final String name;
    private final Path folder;

    RocksDbAtRest(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Place> places() {
        return List.of(Place.shared(folder));
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        Path lockFile = folder.resolve("LOCK");
        if (!Files.exists(folder.resolve("CURRENT")) || !Files.exists(lockFile)) {
            throw new NoSuchFileException(folder.toString(), null, "there is no RocksDB in this folder");
        }
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        RocksDbEngine engine = null;
        try {
            lock(channel);
            List<String> families = RocksDbEngine.families(folder);
            engine = RocksDbEngine.open(folder, families, true);
            List<SetBackup> sets = families.stream()
                    .map(family -> new SetBackup(family, Encoding.BINARY, Encoding.BINARY))
                    .toList();
            return new Held(engine.database(name, sets).openSnapshot(), engine, channel);
        } catch (IOException | RuntimeException e) {
            if (engine != null) {
                engine.close();
            }
            channel.close();
            throw e;
        }
    }

    private void lock(FileChannel channel) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException("RocksDB " + folder + " is open in another process; end that first, or let that"
                    + " process make the backup");
        }
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        throw new IOException("database " + name + " is only backed up here");
    }

    /** The engine's snapshot, with what has to be closed after it. */
    private record Held(DatabaseSnapshot snapshot, RocksDbEngine engine, FileChannel lock) implements DatabaseSnapshot {
        @Override
        public DatabaseBackup header() {
            return snapshot.header();
        }

        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            snapshot.readEntries(set, range, to);
        }

        @Override
        public OptionalLong estimatedEntries() {
            return snapshot.estimatedEntries();
        }

        @Override
        public Optional<ChangeLog.Span> changes() {
            return snapshot.changes();
        }

        @Override
        public void close() throws IOException {
            if (lock.isOpen()) {
                try (lock;
                        engine) {
                    snapshot.close();
                }
            }
        }
    }
}
