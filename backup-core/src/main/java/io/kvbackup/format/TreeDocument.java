package io.kvbackup.format;

import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.pipeline.DataKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the archive of an incremental backup is: where the trees of the sets begin, and how they were made.
 *
 * @param chunkSize of the {@link Chunker}, for all sets
 * @param packKeys keys that packs are encrypted under, by id; none if the backup is not encrypted
 * @param databases in order
 * @param metadata summary, in documents of shape {@link ArchiveShape#FULL} and only there
 * @param scanned when all sets were read last, if that was not for this backup, which has believed stamps
 */
public record TreeDocument(
        int chunkSize,
        Map<String, DataKey> packKeys,
        List<Tree> databases,
        Optional<BackupMetadata> metadata,
        Optional<Instant> scanned) {
    /** Name of the format, in manifests and object names. */
    public static final String FORMAT = "tree";

    /**
     * The trees of one database.
     *
     * @param header sets, indexes and access settings
     * @param roots by set; a set without entries has none
     * @param runs roots of trees of the runs of sets, with stamps that tell the next backup what has changed; by set,
     *     for those that have such
     */
    public record Tree(DatabaseBackup header, Map<String, Ref> roots, Map<String, Ref> runs) {
        public Tree {
            roots = Collections.unmodifiableMap(new LinkedHashMap<>(roots));
            runs = Collections.unmodifiableMap(new LinkedHashMap<>(runs));
            Set<String> sets = header.sets().keySet();
            if (!sets.containsAll(roots.keySet()) || !sets.containsAll(runs.keySet())) {
                throw new IllegalArgumentException("database " + header.name() + " has sets " + sets + " but roots for "
                        + roots.keySet() + " and runs for " + runs.keySet());
            }
        }

        /** Without runs. */
        public Tree(DatabaseBackup header, Map<String, Ref> roots) {
            this(header, roots, Map.of());
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
        Objects.requireNonNull(scanned, "scanned");
        if (metadata.isEmpty() && databases.size() != 1) {
            throw new IllegalArgumentException(databases.size() + " databases without a summary");
        }
        if (metadata.isPresent()) {
            requireConsistent(metadata.get(), databases);
        }
    }

    /** All of whose sets were read for this backup. */
    public TreeDocument(
            int chunkSize, Map<String, DataKey> packKeys, List<Tree> databases, Optional<BackupMetadata> metadata) {
        this(chunkSize, packKeys, databases, metadata, Optional.empty());
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
