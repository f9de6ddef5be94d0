package io.kvbackup.format;

import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commit record of a backup: what was written, and how to know that it is all there.
 *
 * @param kind how the backup is stored
 * @param objectName the archive that is described; guards against a manifest that lies beside another archive
 * @param format name of the archive format
 * @param transforms extensions of the transforms, in the order in which they were applied
 * @param packs what the tree's chunks and nodes lie in; none for other archives
 * @param shape one bare database, or all with a summary
 * @param metadata summary
 * @param stored the archive as it lies in the store
 * @param plain the archive before the transforms
 * @param databases the databases in the archive, in order
 * @param log where the backup stands in the change log of its one database; {@code null} if that was not written down
 * @param changedEntries entries in chunks that were stored for this backup; {@code null} if that was not written down
 * @param writer who wrote it, if it says so
 */
public record Manifest(
        BackupKind kind,
        String objectName,
        String format,
        List<String> transforms,
        List<PackRecord> packs,
        ArchiveShape shape,
        BackupMetadata metadata,
        StreamDigest stored,
        StreamDigest plain,
        List<DatabaseContents> databases,
        @Nullable ManifestLog log,
        @Nullable Long changedEntries,
        Optional<BackupContents.Writer> writer)
        implements ManifestDocument {
    /** The version that backups without encryption have. */
    public static final int FORMAT_VERSION = 1;

    public Manifest {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(objectName, "objectName");
        Objects.requireNonNull(format, "format");
        transforms = List.copyOf(transforms);
        packs = requireTree(kind, format, packs);
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(stored, "stored");
        Objects.requireNonNull(plain, "plain");
        databases = List.copyOf(databases);
        Objects.requireNonNull(writer, "writer");
        requireConsistent(shape, metadata, databases);
        if (changedEntries != null && (changedEntries < 0 || kind != BackupKind.INCREMENTAL)) {
            throw new IllegalArgumentException(changedEntries + " changed entries in a backup of kind " + kind);
        }
        if (log != null && shape != ArchiveShape.DATABASE) {
            throw new IllegalArgumentException("a place in one change log, of several databases");
        }
    }

    /** The manifest of an archive that is not a tree, and says nothing of a change log or its writer. */
    public Manifest(
            BackupKind kind,
            String objectName,
            String format,
            List<String> transforms,
            ArchiveShape shape,
            BackupMetadata metadata,
            StreamDigest stored,
            StreamDigest plain,
            List<DatabaseContents> databases) {
        this(kind, objectName, format, transforms, List.of(), shape, metadata, stored, plain, databases, null);
    }

    /** A manifest that does not say who wrote it. */
    public Manifest(
            BackupKind kind,
            String objectName,
            String format,
            List<String> transforms,
            List<PackRecord> packs,
            ArchiveShape shape,
            BackupMetadata metadata,
            StreamDigest stored,
            StreamDigest plain,
            List<DatabaseContents> databases,
            @Nullable ManifestLog log) {
        this(
                kind,
                objectName,
                format,
                transforms,
                packs,
                shape,
                metadata,
                stored,
                plain,
                databases,
                log,
                null,
                Optional.empty());
    }

    static List<PackRecord> requireTree(BackupKind kind, String format, List<PackRecord> packs) {
        boolean tree = format.equals(TreeDocument.FORMAT);
        long names = packs.stream().map(PackRecord::name).distinct().count();
        if (tree != (kind == BackupKind.INCREMENTAL) || (!tree && names > 0) || names != packs.size()) {
            throw new IllegalArgumentException(
                    "a backup of kind " + kind + " in format " + format + " with " + packs.size() + " packs");
        }
        return List.copyOf(packs);
    }

    private static void requireConsistent(
            ArchiveShape shape, BackupMetadata metadata, List<DatabaseContents> databases) {
        List<String> names =
                databases.stream().map(contents -> contents.header().name()).toList();
        long sets = databases.stream()
                .mapToLong(contents -> contents.entryCounts().size())
                .sum();
        long entries =
                databases.stream().mapToLong(DatabaseContents::entryCount).sum();
        if (names.size() != Set.copyOf(names).size() || (shape == ArchiveShape.DATABASE && names.size() != 1)) {
            throw new IllegalArgumentException("an archive of shape " + shape + " with the databases " + names);
        }
        if (metadata.databaseCount() != names.size()
                || metadata.setCount() != sets
                || metadata.entryCount() != entries) {
            throw new IllegalArgumentException("the summary says " + metadata + ", but there are " + names.size()
                    + " databases, " + sets + " sets and " + entries + " entries");
        }
    }
}
