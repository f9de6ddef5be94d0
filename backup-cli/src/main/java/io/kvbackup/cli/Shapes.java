package io.kvbackup.cli;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.model.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shapes in which {@code --json} shows things; docs/cli.md promises them. */
final class Shapes {
    private Shapes() {}

    /** What a listing knows. */
    static Map<String, @Nullable Object> backup(Backup backup) {
        return Json.object(
                "name", backup.objectName(),
                "database", backup.database(),
                "kind", backup.kind(),
                "timestamp", backup.timestamp(),
                "format", backup.format(),
                "stored_bytes", backup.storedBytes(),
                "manifest", backup.hasManifest(),
                "pinned", backup.isPinned(),
                "tags", backup.tags(),
                "verified_at", backup.lastVerifiedAt(),
                "damaged", backup.marks().isDamaged(),
                "credible", backup.credible());
    }

    /** With what its manifest says. */
    static Map<String, @Nullable Object> described(Backup backup) {
        Map<String, @Nullable Object> shape = backup(backup);
        shape.put(
                "verifications",
                backup.marks().verifications().stream()
                        .map(Shapes::verification)
                        .toList());
        shape.put("contents", backup.contents().map(Shapes::contents));
        return shape;
    }

    private static Map<String, @Nullable Object> verification(Verification verification) {
        return Json.object(
                "level", verification.level(),
                "at", verification.at(),
                "passed", verification.passed(),
                "took_ms", verification.took().toMillis());
    }

    private static Map<String, @Nullable Object> contents(BackupContents contents) {
        List<Object> databases = new ArrayList<>();
        for (DatabaseBackup database : contents.databases()) {
            databases.add(Json.object(
                    "name", database.name(),
                    "sets",
                            database.sets().values().stream()
                                    .map(set -> set(set, entries(contents, database, set)))
                                    .toList(),
                    "indexes",
                            database.indexes().values().stream()
                                    .map(Shapes::index)
                                    .toList()));
        }
        return Json.object(
                "entries", contents.metadata().entryCount(),
                "plain_bytes", contents.plainBytes(),
                "own_bytes", contents.ownBytes(),
                "shared_bytes", contents.sharedBytes(),
                "changed_entries",
                        contents.changedEntries().isPresent()
                                ? contents.changedEntries().getAsLong()
                                : null,
                "sha256", contents.sha256(),
                "databases", databases);
    }

    static long entries(BackupContents contents, DatabaseBackup database, SetBackup set) {
        return contents.entryCounts().getOrDefault(database.name(), Map.of()).getOrDefault(set.name(), 0L);
    }

    private static Map<String, @Nullable Object> set(SetBackup set, long entries) {
        return Json.object("name", set.name(), "keys", set.keys(), "values", set.values(), "entries", entries);
    }

    private static Map<String, @Nullable Object> index(IndexBackup index) {
        return Json.object("name", index.name(), "set", index.setName(), "field", index.field());
    }
}
