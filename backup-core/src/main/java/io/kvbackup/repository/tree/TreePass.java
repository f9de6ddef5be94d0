package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.ProgressMeter;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over the snapshots of a backup, which makes the trees of all their sets. Used once, by one thread. */
final class TreePass implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(TreePass.class);

    private final ArchiveShape shape;
    private final Lineage lineage;
    private final KnownTrees known;
    private final PackOutput output;
    private final EntryHandoff handoff;
    /** Packs in which damage was met. */
    private final Set<PackId> damaged = new HashSet<>();

    /**
     * @param known what the store has already
     * @param output takes what it has not; closed with this
     * @param executor runs one task
     */
    TreePass(ArchiveShape shape, Lineage lineage, KnownTrees known, PackOutput output, Executor executor) {
        this.shape = shape;
        this.lineage = lineage;
        this.known = known;
        this.output = output;
        this.handoff = new EntryHandoff(executor);
    }

    /** Scans. All references in the result are settled. */
    List<TreeDocument.Tree> run(List<DatabaseSnapshot> snapshots, ProgressMeter meter) throws IOException {
        List<Map<String, Ref>> roots = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (DatabaseSnapshot snapshot : snapshots) {
            Map<String, Ref> ofSets = new LinkedHashMap<>();
            roots.add(ofSets);
            DatabaseBackup header = snapshot.header();
            for (SetBackup set : header.sets().values()) {
                String name = StoredTree.setName(shape, header.name(), set.name());
                names.add(name);
                scan(snapshot, set.name(), name, ofSets, meter);
            }
        }
        handoff.then(() -> known.countOthers(names, this::leaves));
        handoff.then(output::finish);
        handoff.finish();
        meter.finish();
        List<TreeDocument.Tree> trees = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            trees.add(new TreeDocument.Tree(snapshots.get(i).header(), roots.get(i)));
        }
        return trees;
    }

    private void scan(DatabaseSnapshot snapshot, String set, String name, Map<String, Ref> roots, ProgressMeter meter)
            throws IOException {
        String source = "database " + snapshot.header().name() + ", set " + set;
        // Made by the thread that uses it: the first look at what is known asks the store.
        SetPass[] pass = new SetPass[1];
        handoff.then(() -> pass[0] =
                new SetPass(name, source, lineage.chunkSize(), chunks(name), this::isUsable, known.live(), output));
        handoff.begin(() -> pass[0]);
        EntryVisitor to = (key, value) -> {
            handoff.visit(key, value);
            meter.entry((long) key.length + value.length);
        };
        snapshot.readEntries(set, KeyRange.all(), to);
        handoff.then(() -> {
            Optional<Ref> root = pass[0].finish();
            root.ifPresent(ref -> roots.put(set, ref));
        });
    }

    private KnownChunks chunks(String name) {
        return new KnownChunks(
                known.sources(name, this::leaves), ref -> isUsable(ref.place().pack()));
    }

    private Leaves leaves(List<Ref> tops) {
        return new Leaves(tops, known.nodes(), known.live()::before, this::damaged);
    }

    /** Nothing more of such a pack is used; if something was, the next pass does without. */
    private void damaged(Ref node, IOException failure) {
        if (damaged.add(node.place().pack())) {
            LOG.warn(
                    "{} is damaged, so what it holds is stored again: {}",
                    known.name(node.place().pack()),
                    failure.toString());
        }
    }

    private boolean isUsable(PackId pack) {
        return known.isUsable(pack) && !damaged.contains(pack);
    }

    /** Packs that must not be referred to, and perhaps are. */
    Set<PackId> damaged() {
        return damaged;
    }

    @Override
    public void close() throws IOException {
        handoff.close();
        output.close();
    }
}
