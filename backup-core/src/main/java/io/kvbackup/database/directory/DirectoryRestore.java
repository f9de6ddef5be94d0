package io.kvbackup.database.directory;

import io.kvbackup.claim.HeldLock;
import io.kvbackup.claim.PrivateFiles;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Writes a new folder beside the one that it replaces. */
final class DirectoryRestore extends StagedRestore {
    private static final int BUFFER = 64 << 10;

    private final Staging staging;
    private final @Nullable Lock lock;
    private final StagedTree tree;
    private final DataOutputStream entries;
    private final SyncQueue.Sync sync;
    private final CommitSteps steps;
    private long count;

    /** Takes over {@code staging}. */
    DirectoryRestore(
            DatabaseBackup header, Staging staging, @Nullable Lock lock, SyncQueue.Sync sync, CommitSteps steps)
            throws IOException {
        super(header);
        this.staging = staging;
        this.lock = lock;
        this.sync = sync;
        this.steps = steps;
        this.tree = new StagedTree(staging.tree());
        this.entries = new DataOutputStream(new BufferedOutputStream(PrivateFiles.newFile(staging.entries()), BUFFER));
    }

    @Override
    protected EntryVisitor stage(SetBackup set) {
        return set.name().equals(DirectoryDatabase.FILES) ? this::note : tree::write;
    }

    private void note(byte[] key, byte[] value) throws IOException {
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

    @Override
    protected void commitStaged() throws IOException {
        tree.close();
        entries.close();
        try (SyncQueue syncs = new SyncQueue(sync)) {
            new TreeFinish(staging.tree(), staging.entries(), count, tree.files(), syncs).run();
        }
        steps.reached("tree finished");
        HeldLock held = HeldLock.acquire(lock, "commit the restore of database " + header().name());
        try (held) {
            staging.swapIn();
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
