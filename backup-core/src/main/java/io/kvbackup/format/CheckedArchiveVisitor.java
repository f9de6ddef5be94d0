package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DamageBoundary;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a reader and the visitor it reads for: counts what passes, refuses names that occur twice, and marks
 * the visitor's own failures as none of the archive's.
 */
final class CheckedArchiveVisitor {
    /** A call of the visitor. */
    private interface Call {
        void run() throws IOException;
    }

    private final ArchiveVisitor to;
    private final DamageBoundary boundary;
    private final RoomMeter room;
    private final ArchiveTally tally = new ArchiveTally();
    private final Set<String> databases = new HashSet<>();
    private final Map<String, SetBackup> sets = new LinkedHashMap<>();

    CheckedArchiveVisitor(ArchiveVisitor to, DamageBoundary boundary, RoomMeter room) {
        this.to = to;
        this.room = room;
        this.boundary = boundary;
    }

    ArchiveTally tally() {
        return tally;
    }

    void beginDatabase(String name) throws IOException {
        if (!databases.add(name)) {
            throw new CorruptBackupException("database '" + name + "' occurs twice");
        }
        sets.clear();
        tally.database();
        room.nameHeld(name);
        call(() -> to.beginDatabase(name));
    }

    EntryVisitor beginSet(SetBackup header) throws IOException {
        if (sets.put(header.name(), header) != null) {
            throw new CorruptBackupException("set '" + header.name() + "' occurs twice");
        }
        tally.set();
        room.nameHeld(header.name());
        try {
            EntryVisitor entries = to.beginSet(header);
            return (key, value) -> {
                tally.entry();
                room.pieceTaken();
                visit(entries, key, value);
            };
        } catch (IOException | RuntimeException e) {
            boundary.outside(e);
            throw e;
        }
    }

    private void visit(EntryVisitor entries, byte[] key, byte[] value) throws IOException {
        try {
            entries.visit(key, value);
        } catch (IOException | RuntimeException e) {
            boundary.outside(e);
            throw e;
        }
    }

    void endSet() throws IOException {
        call(to::endSet);
    }

    void endDatabase(String name, Map<String, IndexBackup> indexes, @Nullable AuthBackup auth) throws IOException {
        call(() -> to.endDatabase(new DatabaseBackup(name, sets, indexes, auth)));
    }

    /** @throws CorruptBackupException if the summary is not true */
    void metadata(BackupMetadata metadata) throws IOException {
        String difference = tally.difference(metadata).orElse(null);
        if (difference != null) {
            throw new CorruptBackupException(difference + "; the archive is damaged or incomplete");
        }
        call(() -> to.metadata(metadata));
    }

    private void call(Call call) throws IOException {
        try {
            call.run();
        } catch (IOException | RuntimeException e) {
            boundary.outside(e);
            throw e;
        }
    }
}
