package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.disk.HeldLock;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files as a database of two sets: {@code files}, what there is, and {@code blocks}, the content in blocks
 * of 1 MiB. Keys begin with the path relative to the folder, so that single files and subfolders can be chosen by
 * prefix.
 *
 * <p><b>Snapshots.</b> Folders have no versions. Opening a snapshot takes an inventory, again until nothing changes
 * while it is taken; a file that changes between then and the moment at which it is read ends the backup with an
 * {@link IOException} that names it. With a {@linkplain Builder#lock lock}, which the host holds for writing, nothing
 * can: it is held until the snapshot is closed, and the backup shows one instant.
 *
 * <p><b>What is kept:</b> regular files with size, time and permissions, folders with time and permissions, also empty
 * ones, symbolic links as links, never followed, names of any bytes, hard links within the folder, set-id and sticky
 * bits, users' extended attributes, and owners where the restoring user may set them. Blocks of zeros are not stored
 * and come back as holes. <b>What is not:</b> access lists and the times of links. Devices, pipes, sockets and
 * unreadable files end the backup unless they are excluded. What a restore cannot give back is told in a warning.
 *
 * <p><b>Restore.</b> A new folder is written beside the old one, in {@code <folder>.kvbackup}, made durable, and moved
 * into its place. Where something is excluded, or a part is restored, the folder stays, and only what has to be is
 * moved in and out of it. A crash leaves the old or the new state; if it came between the moves, <b>the folder is put
 * right when this database is made again</b>, so a host makes it before it uses the folder. A folder that is swapped is
 * not a mount point, and has none in it that is not excluded: a restore refuses that. A process that has files of the
 * old folder open keeps them, but they are gone from the folder. Nothing is ever written outside: paths that would lead
 * there are refused.
 *
 * <p>Heap is bounded by the largest number of names in one folder and of files with several names, whatever the sizes.
 * Safe for use by several threads.
 */
public final class DirectoryDatabase implements Database {
    /** The set of what there is: one entry for each path, understood by {@link ArchivedFile#of}. */
    public static final String FILES = "files";

    /** The set of content: one entry for each MiB of a file. */
    public static final String BLOCKS = "blocks";

    /** Fills an empty folder with a consistent copy, as engines make of their own files. */
    @FunctionalInterface
    public interface Copy {
        /** @param folder exists and is empty; removed when the snapshot is closed */
        void into(Path folder) throws IOException;
    }

    private final String name;
    private final Path root;
    private final @Nullable Predicate<Path> excluded;
    private final @Nullable Lock lock;
    private final @Nullable Copy copy;
    private final Path copyParent;
    private final @Nullable Path live;
    private final FolderReader.Sleeper sleeper;
    private final Clock clock;
    private final SyncQueue.Sync sync;
    private final CommitSteps steps;
    private final MountPoints mounts;

    private DirectoryDatabase(Builder builder) {
        name = builder.name;
        root = builder.root;
        excluded = builder.excluded;
        lock = builder.lock;
        copy = builder.copy;
        copyParent = builder.copyParent;
        live = builder.live;
        sleeper = builder.sleeper;
        clock = builder.clock;
        sync = builder.sync;
        steps = builder.steps;
        mounts = builder.mounts;
    }

    /**
     * A folder without a lock; see {@link Builder#build()}.
     *
     * @param folder may be missing until something is restored into it
     */
    public static DirectoryDatabase of(String name, Path folder) throws IOException {
        return builder(name, folder).build();
    }

    /** Starts the description of a database. */
    public static Builder builder(String name, Path folder) {
        return new Builder(name, folder);
    }

    /**
     * The keys of one file, folder or link alone, to restore it and nothing else. It is an error if the backup does not
     * hold it.
     *
     * @param path relative to the folder, with {@code /} between names
     */
    public static KeyRange only(String path) {
        byte[] key = requirePath(path).getBytes(UTF_8);
        byte[] end = Arrays.copyOf(key, key.length + 1);
        end[key.length] = 1;
        return new KeyRange(key, end);
    }

    /**
     * The keys of all that is in a folder, at any depth, without the folder itself. It is an error if the backup does
     * not hold the folder.
     *
     * @param path relative to the folder, with {@code /} between names
     */
    public static KeyRange below(String path) {
        return KeyRange.startingWith((requirePath(path) + "/").getBytes(UTF_8));
    }

    private static String requirePath(String path) {
        if (path.isEmpty() || path.startsWith("/") || path.endsWith("/")) {
            throw new IllegalArgumentException(
                    "\"" + path + "\" is not a path below the folder; write \"a/b\", without a slash at either end");
        }
        return path;
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws java.nio.file.NoSuchFileException if there is no such folder
     * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the lock or looks at the
     *     folder
     */
    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        if (copy != null) {
            return copied(copy);
        }
        mounts.tell(root, this::isLeftAlone);
        HeldLock held = HeldLock.acquire(lock, "open a snapshot of database " + name);
        try {
            return snapshot(root, FolderReader.ofLive(root, excluded, lock != null, sleeper, clock), held);
        } catch (IOException | RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    private DatabaseSnapshot copied(Copy maker) throws IOException {
        // Only the owner may enter it, whatever an engine makes within.
        TemporaryFolder around = TemporaryFolder.create(copyParent, "copy");
        try {
            Path folder = PrivateFiles.createFolder(around.resolve("files"));
            maker.into(folder);
            return snapshot(folder, FolderReader.ofCopy(folder, excluded, sleeper, clock), around);
        } catch (IOException | RuntimeException | Error e) {
            try {
                around.close();
            } catch (IOException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private DatabaseSnapshot snapshot(Path folder, FolderReader reader, Closeable held) throws IOException {
        DatabaseBackup header = DatabaseBackup.of(
                name,
                new SetBackup(FILES, Encoding.BINARY, Encoding.TEXT),
                new SetBackup(BLOCKS, Encoding.BINARY, Encoding.BINARY));
        return new DirectorySnapshot(folder, header, reader.takeInventory(), held);
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, new Part(KeyRange.all()));
    }

    /** {@inheritDoc} Of a file that is restored all is, even if the range ends among its blocks. */
    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(begin(header, new Part(keys)));
    }

    private DatabaseRestore begin(DatabaseBackup header, Part part) throws IOException {
        if (!header.sets().keySet().equals(Set.of(FILES, BLOCKS))) {
            throw new IOException("cannot restore folder " + root + " from sets "
                    + header.sets().keySet() + ": it is made of files and blocks together; choose both, and no others");
        }
        if (copy != null) {
            DirectoryRestore.refuseWhatIsThere(root);
        }
        mounts.refuseIn(root, part, this::isLeftAlone);
        Staging staging = Staging.claim(root, name, steps)
                .orElseThrow(() -> new IOException("cannot begin a restore of folder " + root
                        + ": another one is at work in " + Staging.pathFor(root) + "; wait for it, or close it"));
        try {
            return new DirectoryRestore(header, root, staging, part, copy != null, excluded, lock, sync, steps);
        } catch (IOException | RuntimeException | Error e) {
            staging.close();
            throw e;
        }
    }

    /** {@inheritDoc} An empty folder has none, although backups have an entry for the folder itself. */
    @Override
    public boolean restoreReplacesEntries() throws IOException {
        if (!Files.isDirectory(root)) {
            return Files.exists(root, LinkOption.NOFOLLOW_LINKS);
        }
        try (Stream<Path> children = Files.list(root)) {
            return children.anyMatch(
                    child -> copy != null || excluded == null || !excluded.test(root.relativize(child)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public List<Place> places() {
        List<Place> places = new ArrayList<>();
        places.add(new Place(root, true, copy == null ? this::isLeftAlone : below -> false));
        places.add(Place.replaced(Staging.pathFor(root)));
        if (live != null) {
            places.add(Place.shared(live));
        }
        return places;
    }

    /** What is in a folder that is left out is not even asked for. */
    private boolean isLeftAlone(Path below) {
        return excluded != null
                && IntStream.rangeClosed(1, below.getNameCount()).anyMatch(i -> excluded.test(below.subpath(0, i)));
    }

    /** {@inheritDoc} A folder beside this one, since attributes of files are kept as its file system keeps them. */
    @Override
    public Optional<ScratchFactory> scratch(Path folder) {
        return Optional.of(new DirectoryScratch(root));
    }

    @Override
    public String toString() {
        return "DirectoryDatabase[" + name + ", folder=" + root + "]";
    }

    /** Describes a {@link DirectoryDatabase}. Used by one thread. */
    public static final class Builder {
        private final String name;
        private Path root;
        private @Nullable Predicate<Path> excluded;
        private @Nullable Lock lock;
        private @Nullable Copy copy;
        private Path copyParent;
        private @Nullable Path live;
        private Clock clock = Clock.systemUTC();
        private FolderReader.Sleeper sleeper = time -> Thread.sleep(time.toMillis());
        private SyncQueue.Sync sync = Disk::syncFile;
        private CommitSteps steps = CommitSteps.IGNORED;
        private MountPoints mounts = MountPoints.OF_THE_SYSTEM;

        private Builder(String name, Path folder) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a database needs a name");
            }
            this.name = name;
            this.root = folder.toAbsolutePath().normalize();
            if (root.getFileName() == null) {
                throw new IllegalArgumentException(
                        "database " + name + ": a whole file system cannot be swapped; choose a folder in it");
            }
            this.copyParent = root;
        }

        /**
         * Leaves files and folders out, by their paths relative to the folder: backups do not read them, and restores
         * leave alone what is there. May be called several times.
         */
        public Builder exclude(Predicate<Path> paths) {
            Objects.requireNonNull(paths, "exclude");
            excluded = excluded == null ? paths : excluded.or(paths);
            return this;
        }

        /**
         * The lock that every writer of the folder holds; held for as long as a snapshot is open, and while folders are
         * swapped.
         */
        public Builder lock(Lock held) {
            if (lock != null) {
                throw new IllegalStateException("database " + name + " has a lock already");
            }
            lock = Objects.requireNonNull(held, "lock");
            return this;
        }

        /**
         * Backs up a consistent copy that an engine makes of its files, instead of the folder, which is then only where
         * a restore goes to; it must not exist when a restore begins, since an engine may have it open.
         *
         * @param parent where the temporary folder for the copy is made
         */
        public Builder copiedBy(Copy maker, Path parent) {
            copy = Objects.requireNonNull(maker, "copy");
            copyParent = Objects.requireNonNull(parent, "parent");
            return this;
        }

        /** The live file or folder of which copies are made, so that a manager refuses stores that lie in its way. */
        public Builder copyOf(Path path) {
            live = Objects.requireNonNull(path, "live");
            return this;
        }

        Builder sleeper(FolderReader.Sleeper replaced) {
            sleeper = replaced;
            return this;
        }

        Builder clock(Clock replaced) {
            clock = replaced;
            return this;
        }

        Builder sync(SyncQueue.Sync replaced) {
            sync = replaced;
            return this;
        }

        Builder steps(CommitSteps told) {
            steps = told;
            return this;
        }

        Builder mounts(MountPoints replaced) {
            mounts = replaced;
            return this;
        }

        /**
         * Makes the database, after completing a restore that a crash interrupted once it was decided, and removing the
         * remains of one that was not.
         *
         * @throws IOException if a decided restore cannot be completed
         */
        public DirectoryDatabase build() throws IOException {
            if (Files.isSymbolicLink(root)) {
                root = root.toRealPath();
            }
            Optional<Staging> left = Staging.takeOver(root, steps);
            if (left.isPresent()) {
                left.get().close();
            }
            return new DirectoryDatabase(this);
        }
    }
}
