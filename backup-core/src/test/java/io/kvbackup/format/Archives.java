package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Whole archives in memory. */
public final class Archives {
    public static final Instant TIMESTAMP = Instant.parse("2026-11-20T12:00:00.123Z");

    private Archives() {}

    /** A bare archive of one database with data. */
    public static byte[] write(String format, DatabaseBackup database) throws IOException {
        return write(format, ArchiveShape.DATABASE, List.of(database));
    }

    /** An archive of databases with data, and a true summary. */
    public static byte[] writeFull(String format, Collection<DatabaseBackup> databases) throws IOException {
        return write(format, ArchiveShape.FULL, databases);
    }

    private static byte[] write(String format, ArchiveShape shape, Collection<DatabaseBackup> databases)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveWriter writer = ArchiveFormats.named(format).writer(out, shape);
        for (DatabaseBackup database : databases) {
            push(database, writer);
        }
        if (shape == ArchiveShape.FULL) {
            writer.metadata(summary(databases));
        }
        writer.finish();
        return out.toByteArray();
    }

    /** Shows one database to a visitor. */
    public static void push(DatabaseBackup database, ArchiveVisitor to) throws IOException {
        to.beginDatabase(database.name());
        for (SetBackup set : database.sets().values()) {
            EntryVisitor entries = to.beginSet(new SetBackup(set.name(), set.keys(), set.values()));
            for (Map.Entry<byte[], byte[]> entry : set.data().entrySet()) {
                entries.visit(entry.getKey(), entry.getValue());
            }
            to.endSet();
        }
        to.endDatabase(database);
    }

    public static BackupMetadata summary(Collection<DatabaseBackup> databases) {
        List<SetBackup> sets = databases.stream()
                .flatMap(database -> database.sets().values().stream())
                .toList();
        long entries = sets.stream().mapToLong(set -> set.data().size()).sum();
        return new BackupMetadata(TIMESTAMP, BackupMetadata.CURRENT_VERSION, databases.size(), sets.size(), entries);
    }

    public static ArchiveCollector read(String format, byte[] archive) throws IOException {
        return read(format, archive, Fidelity.VERBATIM);
    }

    public static ArchiveCollector read(String format, byte[] archive, Fidelity fidelity) throws IOException {
        ArchiveCollector collector = new ArchiveCollector();
        ArchiveFormats.named(format).read(new ByteArrayInputStream(archive), fidelity, collector);
        return collector;
    }
}
