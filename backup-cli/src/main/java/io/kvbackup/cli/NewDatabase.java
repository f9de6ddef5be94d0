package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A database that does not exist yet. A restore makes it in a hidden folder beside its place, and moves it there when
 * it is whole and on disk; if the restore fails, nothing is left of it.
 */
final class NewDatabase implements Database {
    private final String name;
    private final Engine engine;
    private final Path place;

    NewDatabase(String name, Engine engine, Path place) {
        this.name = name;
        this.engine = engine;
        this.place = place.toAbsolutePath().normalize();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        throw new NoSuchFileException(place.toString(), null, "it does not exist before it is restored");
    }

    @Override
    public boolean restoreReplacesEntries() {
        return Files.exists(place, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<Place> places() {
        return List.of(Place.replaced(place));
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, Optional.empty());
    }

    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(begin(header, Optional.of(keys)));
    }

    private DatabaseRestore begin(DatabaseBackup header, Optional<KeyRange> keys) throws IOException {
        requireNew(place);
        Path parent = Optional.ofNullable(place.getParent())
                .orElseThrow(() -> new IOException(place + " is a whole file system; name a folder or file in it"));
        Files.createDirectories(parent);
        Path staging = Files.createTempDirectory(parent, "." + place.getFileName() + ".restoring-");
        try {
            Path made = staging.resolve(place.getFileName());
            Engine.Open open = engine.open(header, made);
            try {
                DatabaseRestore restore = keys.isEmpty()
                        ? open.database().beginRestore(header)
                        : open.database()
                                .beginPartialRestore(header, keys.get())
                                .orElseThrow();
                return new Staged(restore, open, made, staging);
            } catch (IOException | RuntimeException e) {
                open.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            removeTree(staging);
            throw e;
        }
    }

    static void requireNew(Path place) throws FileAlreadyExistsException {
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(
                    place.toString(), null, "there is something already; restore into a new place");
        }
    }

    private final class Staged implements DatabaseRestore {
        private final DatabaseRestore restore;
        private final Engine.Open open;
        private final Path made;
        private final Path staging;
        private boolean closed;

        Staged(DatabaseRestore restore, Engine.Open open, Path made, Path staging) {
            this.restore = restore;
            this.open = open;
            this.made = made;
            this.staging = staging;
        }

        @Override
        public EntryVisitor set(String set) throws IOException {
            return restore.set(set);
        }

        @Override
        public void prepare() throws IOException {
            restore.prepare();
        }

        @Override
        public void commit() throws IOException {
            restore.commit();
            closeEngine();
            try (Stream<Path> files = Files.walk(made)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    sync(file);
                }
            }
            requireNew(place);
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
            sync(Optional.ofNullable(place.getParent()).orElse(place));
        }

        private void closeEngine() throws IOException {
            if (!closed) {
                closed = true;
                try (open) {
                    restore.close();
                }
            }
        }

        @Override
        public void close() throws IOException {
            try {
                closeEngine();
            } finally {
                removeTree(staging);
            }
        }
    }

    private static void sync(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        if (folder && java.io.File.separatorChar == '\\') {
            return; // Windows opens no folders
        }
        try (FileChannel channel =
                FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    static void removeTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public String toString() {
        return engine.word() + ":" + place;
    }
}
