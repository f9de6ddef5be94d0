package io.kvbackup.repository.tree;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.AllEntries;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.DiscardingVisitor;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Reads trees: of the nodes and chunks no more than the scope needs. */
public final class TreeReader implements BackupReader {
    private final StorageClient storage;
    private final LongSupplier nanoTime;
    private final Executor executor;
    private final boolean salvaging;

    /**
     * A reader that gives up at the first damage, as a verification must.
     *
     * @param executor runs up to a dozen tasks beside each reading; those that it does not start at once, the reader
     *     does itself
     */
    public TreeReader(StorageClient storage, LongSupplier nanoTime, Executor executor) {
        this(storage, nanoTime, executor, false);
    }

    private TreeReader(StorageClient storage, LongSupplier nanoTime, Executor executor, boolean salvaging) {
        this.storage = storage;
        this.nanoTime = nanoTime;
        this.executor = executor;
        this.salvaging = salvaging;
    }

    /** The same, but what is lost or damaged is looked for in all packs of the database. */
    public TreeReader salvaging() {
        return new TreeReader(storage, nanoTime, executor, true);
    }

    @Override
    public StoredContents contents(StoredBackup backup) throws IOException {
        Manifest manifest = TreeDocuments.manifest(backup);
        return new StoredContents(manifest.shape(), manifest.metadata(), manifest.databases(), Set.of());
    }

    @Override
    public StoredContents read(StoredBackup backup, ReadScope scope, ArchiveVisitor to, ProgressListener listener)
            throws IOException {
        TreeDocument document = TreeDocuments.read(storage, backup);
        try (TreeCursor entries = open(backup, document, scope)) {
            new Pushing(document, entries, to, meter(document, scope, entries, listener)).run();
        }
        return contents(backup);
    }

    /** Besides all that belongs to the tree, this looks at header, footer and trailer of every pack. */
    @Override
    public StoredContents verify(StoredBackup backup, ProgressListener listener) throws IOException {
        StoredContents contents = read(backup, ReadScope.EVERYTHING, new DiscardingVisitor(), listener);
        Manifest manifest = TreeDocuments.manifest(backup);
        TreeDocument document = TreeDocuments.read(storage, backup);
        try (Packs packs = new Packs(storage, manifest.packs(), document.packKeys())) {
            packs.requireWhole();
        } catch (CorruptBackupException e) {
            throw TreeCursor.damaged(backup.name().objectName(), e);
        }
        return contents;
    }

    @Override
    public EntryCursor open(StoredBackup backup, String database, String set, KeyRange keys) throws IOException {
        contents(backup).require(backup.name().objectName(), database, set);
        TreeDocument document = TreeDocuments.read(storage, backup);
        return open(backup, document, new ReadScope(Set.of(database), Set.of(set), keys));
    }

    @Override
    public AllEntries openAll(StoredBackup backup) throws IOException {
        return open(backup, TreeDocuments.read(storage, backup), ReadScope.EVERYTHING);
    }

    private TreeCursor open(StoredBackup backup, TreeDocument document, ReadScope scope) throws IOException {
        Manifest manifest = TreeDocuments.manifest(backup);
        Packs packs = new Packs(storage, manifest.packs(), document.packKeys());
        if (!salvaging) {
            return new TreeCursor(
                    backup.name().objectName(),
                    packs::close,
                    new TreeEntries(roots(document, scope), scope.keys(), packs, Rescue.NONE, executor));
        }
        Salvage salvage = new Salvage(storage, backup.name().database(), document, setsInFooters(document));
        return new TreeCursor(
                backup.name().objectName(),
                () -> {
                    packs.close();
                    salvage.close();
                },
                new TreeEntries(roots(document, scope), scope.keys(), packs, salvage, executor));
    }

    private static List<String> setsInFooters(TreeDocument document) {
        List<String> names = new ArrayList<>();
        for (TreeDocument.Tree tree : document.databases()) {
            String database = tree.header().name();
            tree.header()
                    .sets()
                    .keySet()
                    .forEach(set -> names.add(StoredTree.setName(document.shape(), database, set)));
        }
        return names;
    }

    /** Of all sets of all databases, in order. */
    private static List<Optional<Ref>> roots(TreeDocument document, ReadScope scope) {
        List<Optional<Ref>> roots = new ArrayList<>();
        for (TreeDocument.Tree tree : document.databases()) {
            String name = tree.header().name();
            for (String set : tree.header().sets().keySet()) {
                roots.add(scope.includes(name, set) ? tree.root(set) : Optional.empty());
            }
        }
        return roots;
    }

    private ProgressMeter meter(TreeDocument document, ReadScope scope, TreeCursor entries, ProgressListener listener) {
        double total = roots(document, scope).stream()
                .flatMap(Optional::stream)
                .mapToLong(Ref::bytes)
                .sum();
        // How much of it lies in a range of keys, nobody knows before.
        return new ProgressMeter(
                listener, nanoTime, () -> scope.isWholeSets() ? entries.bytes() / Math.max(1, total) : -1);
    }

    /** Pushes what is read into a visitor. */
    private record Pushing(TreeDocument document, TreeCursor entries, ArchiveVisitor to, ProgressMeter meter) {
        void run() throws IOException {
            int set = 0;
            boolean more = entries.next();
            for (TreeDocument.Tree tree : document.databases()) {
                to.beginDatabase(tree.header().name());
                for (SetBackup header : tree.header().sets().values()) {
                    EntryVisitor visitor = to.beginSet(header);
                    while (more && entries.set() == set) {
                        byte[] key = entries.key();
                        byte[] value = entries.value();
                        visitor.visit(key, value);
                        meter.entry((long) key.length + value.length);
                        more = entries.next();
                    }
                    to.endSet();
                    set++;
                }
                to.endDatabase(tree.header());
            }
            if (document.metadata().isPresent()) {
                to.metadata(document.metadata().get());
            }
            meter.finish();
        }
    }
}
