package io.kvbackup.repository.tree;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.format.tree.TreeBuilder;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the databases of a backup that is a tree, in its order, and makes their trees anew, keeping nothing: equal
 * roots mean equal entries.
 */
public final class RootCheck implements ArchiveVisitor {
    private final Function<String, CorruptBackupException> failure;
    private final int chunkSize;
    private final Iterator<TreeDocument.Tree> trees;
    private TreeDocument.@Nullable Tree tree;
    private String set = "";
    private TreeBuilder builder = new TreeBuilder(TreeBuilder::refTo);
    private @Nullable Chunker chunker;

    private RootCheck(TreeDocument document, Function<String, CorruptBackupException> failure) {
        this.failure = failure;
        this.chunkSize = document.chunkSize();
        this.trees = document.databases().iterator();
    }

    /**
     * Reads the document that says what the roots are.
     *
     * @param failure what to throw if one is another
     */
    public static RootCheck of(
            StorageClient storage, StoredBackup backup, Function<String, CorruptBackupException> failure)
            throws IOException {
        return new RootCheck(TreeDocuments.read(storage, backup), failure);
    }

    @Override
    public void beginDatabase(String name) {
        tree = trees.next();
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) {
        set = header.name();
        TreeBuilder fresh = new TreeBuilder(TreeBuilder::refTo);
        builder = fresh;
        Chunker cutting =
                new Chunker(chunkSize, "the restored set " + set, chunk -> fresh.add(TreeBuilder.refTo(chunk)));
        chunker = cutting;
        return cutting;
    }

    @Override
    public void endSet() throws IOException {
        if (chunker == null || tree == null) {
            throw new IllegalStateException("no set was begun");
        }
        chunker.finish();
        Optional<Digest> found = builder.finish().map(Ref::digest);
        Optional<Digest> recorded = tree.root(set).map(Ref::digest);
        if (!found.equals(recorded)) {
            throw failure.apply("set " + set + " makes a tree with the root "
                    + found.map(Digest::toString).orElse("of no entries") + ", recorded was "
                    + recorded.map(Digest::toString).orElse("that of no entries"));
        }
    }

    @Override
    public void endDatabase(DatabaseBackup header) {}

    @Override
    public void metadata(BackupMetadata metadata) {}
}
