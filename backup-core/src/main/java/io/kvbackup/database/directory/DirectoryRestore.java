package io.kvbackup.database.directory;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.disk.HeldLock;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes a new folder, or the part of it that is restored, beside the one that is there. */
final class DirectoryRestore extends StagedRestore {
    private static final int BUFFER = 64 << 10;

    private final Path root;
    private final Staging staging;
    private final Part part;
    private final boolean intoNothing;
    private final @Nullable Predicate<Path> excluded;
    private final @Nullable Lock lock;
    private final StagedTree tree;
    private final DataOutputStream entries;
    private final SyncQueue.Sync sync;
    private final CommitSteps steps;
    private long count;
    private boolean folderHeld;
    private boolean finished;

    /**
     * Takes over {@code staging}.
     *
     * @param intoNothing whether what is in the folder's place by then is somebody's, and stays
     * @param excluded told of paths relative to the folder; null if nothing is
     */
    DirectoryRestore(
            DatabaseBackup header,
            Path root,
            Staging staging,
            Part part,
            boolean intoNothing,
            @Nullable Predicate<Path> excluded,
            @Nullable Lock lock,
            SyncQueue.Sync sync,
            CommitSteps steps)
            throws IOException {
        super(header);
        this.root = root;
        this.staging = staging;
        this.part = part;
        this.intoNothing = intoNothing;
        this.excluded = excluded;
        this.lock = lock;
        this.sync = sync;
        this.steps = steps;
        this.tree = new StagedTree(staging.tree());
        this.entries = new DataOutputStream(new BufferedOutputStream(PrivateFiles.newFile(staging.entries()), BUFFER));
    }

    @Override
    protected EntryVisitor stage(SetBackup set) {
        return set.name().equals(DirectoryDatabase.FILES) ? this::note : this::write;
    }

    private void note(byte[] key, byte[] value) throws IOException {
        if (!part.contains(key)) {
            folderHeld |= part.isAllIn(key) && FileEntry.decode(key, value).kind() == FileEntry.Kind.DIR;
            return;
        }
        FileEntry entry = FileEntry.decode(key, value);
        PathKey.resolve(staging.tree(), key);
        if (key.length == 0 && entry.kind() != FileEntry.Kind.DIR) {
            throw new IOException(
                    "set files: the empty path is the folder itself, but is said to be a " + entry.kind());
        }
        entries.writeInt(key.length);
        entries.write(key);
        entries.writeInt(value.length);
        entries.write(value);
        count++;
    }

    private void write(byte[] key, byte[] content) throws IOException {
        BlockKey block = BlockKey.decode(key);
        if (part.contains(block.path())) {
            tree.write(block, content);
        }
    }

    @Override
    protected void prepareStaged() throws IOException {
        if (count == 0 && (part.isOnePath() || (part.isAllInOneFolder() && !folderHeld))) {
            throw part.notHeld(header().name());
        }
        tree.close();
        entries.close();
        Losses losses = new Losses();
        try (SyncQueue syncs = new SyncQueue(sync)) {
            new TreeFinalizer(staging.tree(), staging.entries(), count, tree.files(), syncs, losses).run();
        }
        losses.tell(header().name());
        finished = true;
        steps.reached("tree finished");
    }

    @Override
    protected void commitStaged() throws IOException {
        if (!finished) {
            prepareStaged();
        }
        HeldLock held = HeldLock.acquire(lock, "commit the restore of database " + header().name());
        try (held) {
            if (intoNothing) {
                refuseWhatIsThere(root);
            }
            SwapPlanner planner = new SwapPlanner(root, staging.tree(), part, excluded);
            if (!planner.swapsWhole()) {
                planner.write(staging.plan());
                Disk.syncFile(staging.plan());
                steps.reached("plan written");
            }
            staging.swapIn();
        }
    }

    static void refuseWhatIsThere(Path root) throws FileAlreadyExistsException {
        if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(
                    root.toString(), null, "an engine may have this folder open; restore into one that does not exist");
        }
    }

    @Override
    protected void discard() throws IOException {
        try (staging;
                entries;
                tree) {
            // Closed in the opposite order, whatever fails.
        }
    }
}
