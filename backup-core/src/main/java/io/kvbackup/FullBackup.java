package io.kvbackup;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveFormat;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.Fidelity;
import io.kvbackup.format.Room;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.TransformChain;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.repository.FormatChain;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole backup in memory, for small backups and for tests. All other operations stream.
 *
 * @param metadata summary; made from the counts if the archive is of a single database and has none
 * @param databases by name, with their entries
 */
public record FullBackup(BackupMetadata metadata, Map<String, DatabaseBackup> databases) {
    public FullBackup {
        Objects.requireNonNull(metadata, "metadata");
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    }

    /**
     * Reads an uncompressed JSON archive, of one database or of several.
     *
     * @param in read to its end, not closed
     * @throws io.kvbackup.model.CorruptBackupException if it is not one
     */
    public static FullBackup read(InputStream in) throws IOException {
        return read(in, "json");
    }

    /**
     * Reads an archive.
     *
     * @param in read to its end, not closed
     * @param format as in file names: {@code json.gz}, {@code cbor.zst}, …
     * @throws io.kvbackup.model.CorruptBackupException if the bytes are not such an archive
     */
    public static FullBackup read(InputStream in, String format) throws IOException {
        FormatChain chain = FormatChain.parse(format);
        return read(in, chain.archive(), chain.transforms());
    }

    static FullBackup read(InputStream in, ArchiveFormat format, TransformChain transforms) throws IOException {
        Collector collector = new Collector();
        // Decoders hold native memory until they are closed.
        try (InputStream decoded = transforms.decode(new Unclosed(in), TransformContext.of("archive"))) {
            format.read(
                    decoded, Fidelity.COMPACT, Room.ofHeap(Runtime.getRuntime().maxMemory()), collector);
        }
        return collector.result(Instant.EPOCH);
    }

    /** Leaves the stream to the caller. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    /** Gathers what an archive holds. */
    static final class Collector implements ArchiveVisitor {
        private final Map<String, DatabaseBackup> databases = new LinkedHashMap<>();
        private final Map<String, SetBackup> sets = new LinkedHashMap<>();
        private NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        private @Nullable SetBackup set;
        private @Nullable BackupMetadata metadata;

        @Override
        public void beginDatabase(String name) {
            sets.clear();
        }

        @Override
        public EntryVisitor beginSet(SetBackup header) {
            set = header;
            entries = new TreeMap<>(Arrays::compareUnsigned);
            return entries::put;
        }

        @Override
        public void endSet() {
            SetBackup header = Objects.requireNonNull(set);
            sets.put(header.name(), new SetBackup(header.name(), header.keys(), header.values(), entries));
        }

        @Override
        public void endDatabase(DatabaseBackup header) {
            databases.put(header.name(), header.withSets(sets.values()));
        }

        @Override
        public void metadata(BackupMetadata summary) {
            metadata = summary;
        }

        /** @param timestamp for an archive that has no summary of its own */
        FullBackup result(Instant timestamp) {
            BackupMetadata summary = metadata;
            if (summary == null) {
                summary = new BackupMetadata(
                        timestamp,
                        BackupMetadata.CURRENT_VERSION,
                        databases.size(),
                        databases.values().stream()
                                .mapToInt(database -> database.sets().size())
                                .sum(),
                        databases.values().stream()
                                .flatMap(database -> database.sets().values().stream())
                                .mapToLong(each -> each.data().size())
                                .sum());
            }
            return new FullBackup(summary, databases);
        }
    }
}
