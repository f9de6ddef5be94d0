package io.kvbackup.format;

import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.pipeline.DataKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the archive of an incremental backup is: where the trees of the sets begin, and how they were made.
 *
 * @param chunkSize of the {@link Chunker}, for all sets
 * @param packKeys keys that packs are encrypted under, by id; none if the backup is not encrypted
 * @param databases in order
 * @param metadata summary, in documents of shape {@link ArchiveShape#FULL} and only there
 */
public record TreeDocument(
        int chunkSize, Map<String, DataKey> packKeys, List<Tree> databases, Optional<BackupMetadata> metadata) {
    /** Name of the format, in manifests and object names. */
    public static final String FORMAT = "tree";

    /**
     * The trees of one database.
     *
     * @param header sets, indexes and access settings
     * @param roots by set; a set without entries has none
     */
    public record Tree(DatabaseBackup header, Map<String, Ref> roots) {
        public Tree {
            roots = Collections.unmodifiableMap(new LinkedHashMap<>(roots));
            if (!header.sets().keySet().containsAll(roots.keySet())) {
                throw new IllegalArgumentException("database " + header.name() + " has sets "
                        + header.sets().keySet() + " but roots for " + roots.keySet());
            }
        }

        public Optional<Ref> root(String set) {
            return Optional.ofNullable(roots.get(set));
        }

        /** How a manifest describes it. */
        public DatabaseContents contents() {
            Map<String, Long> counts = new LinkedHashMap<>();
            header.sets()
                    .keySet()
                    .forEach(set -> counts.put(set, root(set).map(Ref::entries).orElse(0L)));
            return new DatabaseContents(header, counts);
        }
    }

    public TreeDocument {
        Chunker.requireSize(chunkSize);
        packKeys = Collections.unmodifiableMap(new TreeMap<>(packKeys));
        databases = List.copyOf(databases);
        Objects.requireNonNull(metadata, "metadata");
        if (metadata.isEmpty() && databases.size() != 1) {
            throw new IllegalArgumentException(databases.size() + " databases without a summary");
        }
        if (metadata.isPresent()) {
            requireConsistent(metadata.get(), databases);
        }
    }

    private static void requireConsistent(BackupMetadata summary, List<Tree> databases) {
        List<DatabaseContents> contents = databases.stream().map(Tree::contents).toList();
        long names =
                databases.stream().map(tree -> tree.header().name()).distinct().count();
        int sets = contents.stream().mapToInt(each -> each.entryCounts().size()).sum();
        long entries = contents.stream().mapToLong(DatabaseContents::entryCount).sum();
        if (names != databases.size()
                || summary.databaseCount() != names
                || summary.setCount() != sets
                || summary.entryCount() != entries) {
            throw new IllegalArgumentException("the summary says " + summary + ", but there are " + names
                    + " databases, " + sets + " sets and " + entries + " entries");
        }
    }

    public ArchiveShape shape() {
        return metadata.isPresent() ? ArchiveShape.FULL : ArchiveShape.DATABASE;
    }
}
