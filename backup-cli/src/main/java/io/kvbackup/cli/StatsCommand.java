package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
        name = "stats",
        description = {
            "Counts backups and their sizes, for each database.",
            "OWN is what was written for them, packs of incremental backups included; their manifests are read for it."
        },
        footer = {"", "Example:", "  kvbackup stats -s /mnt/backups"})
final class StatsCommand extends StoreCommand {
    /** Sums of one database. */
    private static final class Sums {
        int backups;
        int incremental;
        int verified;
        int damaged;
        int pinned;
        long ownBytes;
        Instant oldest = Instant.MAX;
        Instant newest = Instant.MIN;
    }

    StatsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        Map<String, Sums> databases = new TreeMap<>();
        try (Stream<Backup> all = manager.streamBackups(io.kvbackup.BackupQuery.all())) {
            for (Backup backup : (Iterable<Backup>) all::iterator) {
                add(databases.computeIfAbsent(backup.database(), name -> new Sums()), backup, manager);
            }
        }
        List<Object> shapes = new ArrayList<>();
        Table table = new Table(
                "DATABASE", ">BACKUPS", ">INCR.", ">VERIFIED", ">DAMAGED", ">PINNED", ">OWN", "OLDEST", "NEWEST");
        databases.forEach((name, sums) -> {
            shapes.add(shape(name, sums));
            table.row(
                    name,
                    Words.count(sums.backups),
                    Words.count(sums.incremental),
                    Words.count(sums.verified),
                    Words.count(sums.damaged),
                    Words.count(sums.pinned),
                    Words.bytes(sums.ownBytes),
                    Words.time(sums.oldest),
                    Words.time(sums.newest));
        });
        print(Json.object("databases", shapes), () -> {
            if (table.isEmpty()) {
                note("no backups");
            } else {
                table.printTo(out());
            }
        });
        return ExitCode.OK;
    }

    private static void add(Sums sums, Backup backup, BackupManager manager) throws IOException {
        sums.backups++;
        sums.verified += backup.marks().isVerified() ? 1 : 0;
        sums.damaged += backup.marks().isDamaged() ? 1 : 0;
        sums.pinned += backup.isPinned() ? 1 : 0;
        sums.oldest = backup.timestamp().isBefore(sums.oldest) ? backup.timestamp() : sums.oldest;
        sums.newest = backup.timestamp().isAfter(sums.newest) ? backup.timestamp() : sums.newest;
        if (backup.kind() == BackupKind.INCREMENTAL) {
            sums.incremental++;
            sums.ownBytes += manager.describe(backup.objectName())
                    .contents()
                    .map(BackupContents::ownBytes)
                    .orElse(backup.storedBytes());
        } else {
            sums.ownBytes += backup.storedBytes();
        }
    }

    private static Map<String, @Nullable Object> shape(String name, Sums sums) {
        return Json.object(
                "name", name,
                "backups", sums.backups,
                "incremental", sums.incremental,
                "verified", sums.verified,
                "damaged", sums.damaged,
                "pinned", sums.pinned,
                "own_bytes", sums.ownBytes,
                "oldest", sums.oldest,
                "newest", sums.newest);
    }
}
