package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.format.tree.TreeBuilder;
import io.kvbackup.model.CorruptBackupException;
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
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over the snapshots of a backup, which makes the trees of all their sets. Used once, by one thread. */
final class TreePass implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(TreePass.class);
    /** If there are more changes than one for so many chunks, a scan is faster. */
    private static final int CHUNKS_PER_CHANGE = 5;
    /** So many are always few. */
    private static final int FEW_CHANGES = 64;

    private final ArchiveShape shape;
    private final Lineage lineage;
    private final KnownTrees known;
    private final Hints hints;
    private final PackOutput output;
    private final EntryHandoff handoff;
    /** Packs in which damage was met. */
    private final Set<PackId> damaged = new HashSet<>();
    /** What the roots should be, of sets that are scanned although it is known what has changed. */
    private final Map<Root, Optional<Digest>> expected = new LinkedHashMap<>();

    private boolean hinted;
    /** Of sets whose work was awaited. */
    private long changedEntries;

    /**
     * How changes are found.
     *
     * @param runs knows those of sets whose snapshots have runs
     * @param log knows those of databases that have a change log
     * @param scanAll whether all sets are scanned nevertheless
     * @param drift told of sets of which something else was known than was found
     */
    record Hints(RunHints runs, LogHints log, boolean scanAll, TreeBackupWriter.Drift drift) {}

    private record Root(String database, String set, Map<String, Ref> roots) {}

    /**
     * @param known what the store has already
     * @param output takes what it has not; closed with this
     * @param executor runs one task
     */
    TreePass(ArchiveShape shape, Lineage lineage, KnownTrees known, Hints hints, PackOutput output, Executor executor) {
        this.shape = shape;
        this.lineage = lineage;
        this.known = known;
        this.hints = hints;
        this.output = output;
        this.handoff = new EntryHandoff(executor);
    }

    /** Makes the trees. All references in the result are settled. */
    List<TreeDocument.Tree> run(List<DatabaseSnapshot> snapshots, ProgressMeter meter) throws IOException {
        List<Map<String, Ref>> roots = new ArrayList<>();
        List<Map<String, Ref>> runs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (DatabaseSnapshot snapshot : snapshots) {
            roots.add(new LinkedHashMap<>());
            runs.add(new LinkedHashMap<>());
            DatabaseBackup header = snapshot.header();
            for (SetBackup set : header.sets().values()) {
                String name = StoredTree.setName(shape, header.name(), set.name());
                names.add(name);
                names.add(StoredTree.runsName(name));
                new OneSet(snapshot, set.name(), name, meter)
                        .make(roots.get(roots.size() - 1), runs.get(runs.size() - 1));
            }
        }
        handoff.then(() -> known.countOthers(names, this::leaves));
        handoff.then(output::finish);
        handoff.finish();
        meter.finish();
        reportDrift();
        List<TreeDocument.Tree> trees = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            trees.add(new TreeDocument.Tree(snapshots.get(i).header(), roots.get(i), runs.get(i)));
        }
        return trees;
    }

    /** Whether a set was not read as a whole. */
    boolean isHinted() {
        return hinted;
    }

    /** How many entries lie in chunks that were not there. */
    long changedEntries() {
        return changedEntries;
    }

    private void reportDrift() {
        expected.forEach((where, digest) -> {
            Optional<Digest> found =
                    Optional.ofNullable(where.roots().get(where.set())).map(Ref::digest);
            if (!found.equals(digest)) {
                hints.drift().found(where.database(), where.set());
            }
        });
    }

    /** Makes the tree of one set. */
    private final class OneSet {
        private final DatabaseSnapshot snapshot;
        private final String set;
        private final String name;
        private final String source;
        private final ProgressMeter meter;

        /** @param name under which the footers of packs list it */
        OneSet(DatabaseSnapshot snapshot, String set, String name, ProgressMeter meter) {
            this.snapshot = snapshot;
            this.set = set;
            this.name = name;
            this.source = "database " + snapshot.header().name() + ", set " + set;
            this.meter = meter;
        }

        void make(Map<String, Ref> roots, Map<String, Ref> runs) throws IOException {
            Optional<ChangedRanges> changed = changes(runs);
            Optional<Ref> before = known.root(name);
            if (changed.isPresent() && before.isPresent()) {
                if (hints.scanAll()) {
                    handoff.awaitIdle();
                    expect(
                            changed.get(),
                            before.get(),
                            new Root(snapshot.header().name(), set, roots));
                } else if (areFew(changed.get(), before.get())) {
                    handoff.awaitIdle();
                    hinted = true;
                    readChanges(changed.get(), before.get()).ifPresent(root -> roots.put(set, root));
                    return;
                }
            }
            scan(
                    name,
                    roots,
                    to -> snapshot.readEntries(set, KeyRange.all(), (key, value) -> {
                        to.visit(key, value);
                        meter.entry((long) key.length + value.length);
                    }));
        }

        private Optional<ChangedRanges> changes(Map<String, Ref> runs) throws IOException {
            Optional<DatabaseSnapshot.Runs> now = snapshot.runs(set);
            if (now.isEmpty()) {
                return hints.log().changed(snapshot, set);
            }
            List<Optional<ChangedRanges>> changed = new ArrayList<>();
            scan(
                    StoredTree.runsName(name),
                    runs,
                    to -> changed.add(hints.runs()
                            .changed(
                                    now.get(),
                                    name,
                                    source,
                                    (keys, stamp) -> to.visit(keys.from(), new StampedRun(keys, stamp).value()))));
            return changed.get(0);
        }

        private boolean areFew(ChangedRanges changed, Ref before) {
            long chunks = Math.min(before.entries(), before.bytes() / lineage.chunkSize() + 1);
            return changed.count() <= Math.max(FEW_CHANGES, chunks / CHUNKS_PER_CHANGE);
        }

        /** Puts the root of what is pushed under the name of the set. */
        private void scan(String tree, Map<String, Ref> roots, Pushing entries) throws IOException {
            // Made by the thread that uses it: the first look at what is known asks the store.
            SetPass[] pass = new SetPass[1];
            handoff.then(() -> pass[0] = pass(tree, known.sources(tree, TreePass.this::leaves)));
            handoff.begin(() -> pass[0]);
            entries.to(handoff);
            handoff.then(() -> {
                pass[0].finish().ifPresent(root -> roots.put(set, root));
                changedEntries += tree.equals(name) ? pass[0].added() : 0;
            });
        }

        private SetPass pass(String tree, List<KnownChunks.Source> sources) {
            KnownChunks chunks =
                    new KnownChunks(sources, ref -> isUsable(ref.place().pack()));
            return new SetPass(
                    tree, source, lineage.chunkSize(), chunks, TreePass.this::isUsable, known.live(), output);
        }

        private Optional<Ref> readChanges(ChangedRanges changed, Ref before) throws IOException {
            SetPass pass = pass(name, List.of(known.orphans(name, TreePass.this::leaves)));
            HintedPass.Sink metered = new HintedPass.Sink() {
                @Override
                public void keep(Ref chunk) throws IOException {
                    pass.keep(chunk);
                    meter.entries(chunk.entries(), chunk.bytes());
                }

                @Override
                public void add(Chunk chunk) throws IOException {
                    pass.add(chunk);
                    meter.entries(chunk.entries(), chunk.length());
                }
            };
            hintedPass(
                            changed,
                            damage -> new Leaves(
                                    List.of(before), known.nodes(), known.live()::before, (node, failure) -> {
                                        damaged(node, failure);
                                        damage.at(node, failure);
                                    }),
                            ref -> isUsable(ref.place().pack()),
                            metered)
                    .run();
            Optional<Ref> root = pass.finish();
            changedEntries += pass.added();
            return root;
        }

        /** Finds out what the root would be if only what may have changed were read, and keeps nothing. */
        private void expect(ChangedRanges changed, Ref before, Root where) throws IOException {
            TreeBuilder builder = new TreeBuilder(TreeBuilder::refTo);
            HintedPass.Sink sink = new HintedPass.Sink() {
                @Override
                public void keep(Ref chunk) throws IOException {
                    builder.add(chunk);
                }

                @Override
                public void add(Chunk chunk) throws IOException {
                    builder.add(TreeBuilder.refTo(chunk));
                }
            };
            try {
                hintedPass(
                                changed,
                                damage -> new Leaves(List.of(before), known.nodes(), ref -> {}, (node, failure) -> {
                                    throw failure;
                                }),
                                ref -> true,
                                sink)
                        .run();
                expected.put(where, builder.finish().map(Ref::digest));
            } catch (CorruptBackupException e) {
                LOG.info(
                        "{}: what was known of changes is not compared with what a scan finds: {}",
                        source,
                        e.toString());
            }
        }

        private HintedPass hintedPass(
                ChangedRanges changed,
                Function<Leaves.Damage, Leaves> before,
                Predicate<Ref> usable,
                HintedPass.Sink sink) {
            return new HintedPass(snapshot, set, source, lineage.chunkSize(), changed, before, usable, sink);
        }
    }

    /** Pushes entries. */
    private interface Pushing {
        void to(EntryVisitor visitor) throws IOException;
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
