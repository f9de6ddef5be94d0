package io.kvbackup.repository.tree;

import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.repository.BackupName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An incremental backup as far as the next one needs it.
 *
 * @param name its name
 * @param document its roots and parameters
 * @param lineage what it has in common with others
 * @param packs what its manifest says of packs
 */
record StoredTree(BackupName name, TreeDocument document, Lineage lineage, List<PackRecord> packs) {
    /** The roots of all sets, by what they are called in the footers of packs. */
    Map<String, Ref> roots() {
        Map<String, Ref> roots = new LinkedHashMap<>();
        for (TreeDocument.Tree tree : document.databases()) {
            String database = tree.header().name();
            tree.roots().forEach((set, root) -> roots.put(setName(document.shape(), database, set), root));
        }
        return roots;
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
