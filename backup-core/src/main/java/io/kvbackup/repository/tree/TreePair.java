package io.kvbackup.repository.tree;

import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.repository.MergedEntries;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Two backups that are trees, to be compared: what both have in common is not read. Used by one thread. */
public final class TreePair implements Closeable {
    private final TreeDocument before;
    private final TreeDocument after;
    private final Packs beforePacks;
    private final Packs afterPacks;
    private final FrameCache beforeFrames;
    private final FrameCache afterFrames;

    private TreePair(TreeDocument before, TreeDocument after, Packs beforePacks, Packs afterPacks) {
        this.before = before;
        this.after = after;
        this.beforePacks = beforePacks;
        this.afterPacks = afterPacks;
        this.beforeFrames = new FrameCache(beforePacks, Rescue.NONE);
        this.afterFrames = new FrameCache(afterPacks, Rescue.NONE);
    }

    /** Reads the documents; empty if the trees were cut differently, so that nothing shows what they have in common. */
    public static Optional<TreePair> open(StorageClient storage, StoredBackup before, StoredBackup after)
            throws IOException {
        TreeDocument first = TreeDocuments.read(storage, before);
        TreeDocument second = TreeDocuments.read(storage, after);
        if (first.chunkSize() != second.chunkSize()) {
            return Optional.empty();
        }
        return Optional.of(new TreePair(
                first,
                second,
                new Packs(storage, TreeDocuments.manifest(before).packs(), first.packKeys()),
                new Packs(storage, TreeDocuments.manifest(after).packs(), second.packKeys())));
    }

    /** What differs in a set, which either may lack. */
    public MergedEntries differences(String database, String set) {
        TreeSide a = new TreeSide(root(before, database, set), beforeFrames);
        TreeSide b = new TreeSide(root(after, database, set), afterFrames);
        return new MergedEntries(a, b, () -> TreeSide.skipCommon(a, b));
    }

    private static Optional<Ref> root(TreeDocument document, String database, String set) {
        return document.databases().stream()
                .filter(tree -> tree.header().name().equals(database))
                .findFirst()
                .flatMap(tree -> tree.root(set));
    }

    @Override
    public void close() {
        beforePacks.close();
        afterPacks.close();
    }
}
