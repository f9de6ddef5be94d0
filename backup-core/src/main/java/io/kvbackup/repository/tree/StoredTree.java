package io.kvbackup.repository.tree;

import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ManifestLog;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.repository.BackupName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An incremental backup as far as the next one needs it.
 *
 * @param name its name
 * @param document its roots and parameters
 * @param lineage what it has in common with others
 * @param packs what its manifest says of packs
 * @param held runs of sets whose stamps mean nothing to another process, if this one has taken the backup
 * @param log where it stands in a change log
 */
record StoredTree(
        BackupName name,
        TreeDocument document,
        Lineage lineage,
        List<PackRecord> packs,
        Map<String, List<StampedRun>> held,
        Optional<ManifestLog> log) {
    private static final String RUNS = "#runs\0";

    /** The roots of all trees, those of runs too, by what they are called in the footers of packs. */
    Map<String, Ref> roots() {
        Map<String, Ref> roots = named(TreeDocument.Tree::roots);
        runs().forEach((set, root) -> roots.put(runsName(set), root));
        return roots;
    }

    /** The roots of the trees of runs, by what their sets are called in the footers of packs. */
    Map<String, Ref> runs() {
        return named(TreeDocument.Tree::runs);
    }

    private Map<String, Ref> named(Function<TreeDocument.Tree, Map<String, Ref>> which) {
        Map<String, Ref> roots = new LinkedHashMap<>();
        for (TreeDocument.Tree tree : document.databases()) {
            String database = tree.header().name();
            which.apply(tree).forEach((set, root) -> roots.put(setName(document.shape(), database, set), root));
        }
        return roots;
    }

    /** When all sets were read last. */
    Instant scanned() {
        return document.scanned().orElse(name.timestamp());
    }

    /** What the runs of a set are called there: not as any set is. */
    static String runsName(String set) {
        return RUNS + set;
    }

    /** What a set is called in the footers of packs. */
    static String setName(ArchiveShape shape, String database, String set) {
        return shape == ArchiveShape.FULL ? database + "/" + set : set;
    }

    /** What its manifest says of packs, by id. */
    Map<PackId, PackRecord> records() {
        Map<PackId, PackRecord> records = new LinkedHashMap<>();
        packs.forEach(pack -> PackName.parse(pack.name()).ifPresent(name -> records.put(name.id(), pack)));
        return records;
    }

    long packBytes() {
        return packs.stream().mapToLong(pack -> pack.stored().bytes()).sum();
    }
}
