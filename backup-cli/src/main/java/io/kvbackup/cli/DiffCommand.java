package io.kvbackup.cli;

import io.kvbackup.BackupDiff;
import io.kvbackup.BackupManager;
import io.kvbackup.DiffEntry;
import io.kvbackup.DiffKind;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = {
            "Shows which keys differ between two backups: + added, - removed, ~ changed.",
            "Of two incremental backups only what differs is read."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup diff BEFORE AFTER -s /mnt/backups     (two names from 'kvbackup list')",
            "  kvbackup diff --before-at 2d orders -s /mnt/backups     (against the newest)"
        })
final class DiffCommand extends StoreCommand {
    @Parameters(index = "0", paramLabel = "BEFORE", description = "The earlier backup; with --before-at, a database.")
    String before = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "AFTER",
            description = "The later backup; with --before-at it may be left out for the newest.")
    @Nullable
    String after;

    @Option(
            names = "--before-at",
            paramLabel = "TIME",
            description = "The earlier one is the newest not later than this.")
    @Nullable
    String beforeAt;

    @Option(names = "--after-at", paramLabel = "TIME", description = "The same for the later one.")
    @Nullable
    String afterAt;

    @Option(names = "--summary", description = "Only count.")
    boolean summary;

    DiffCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        if (after == null && beforeAt == null) {
            throw new IllegalArgumentException(
                    "two backups are needed: BEFORE and AFTER, or a database and --before-at");
        }
        Backup first = BackupChoice.of(before, beforeAt).in(manager, terminal);
        Backup second = BackupChoice.of(after == null ? before : after, afterAt).in(manager, terminal);
        Map<DiffKind, Long> counts = new EnumMap<>(DiffKind.class);
        for (DiffKind kind : DiffKind.values()) {
            counts.put(kind, 0L);
        }
        try (BackupDiff diff = manager.diff(first.objectName(), second.objectName())) {
            if (json) {
                printJson(first, second, diff, counts);
            } else {
                each(diff, counts, entry -> out().println(line(entry)));
                out().println(counts.get(DiffKind.ADDED) + " added, " + counts.get(DiffKind.REMOVED) + " removed, "
                        + counts.get(DiffKind.CHANGED) + " changed");
            }
        }
        return ExitCode.OK;
    }

    @FunctionalInterface
    private interface Printer {
        void print(DiffEntry entry) throws IOException;
    }

    private void each(BackupDiff diff, Map<DiffKind, Long> counts, Printer printer) throws IOException {
        for (Optional<DiffEntry> next = diff.next(); next.isPresent(); next = diff.next()) {
            counts.merge(next.get().kind(), 1L, Long::sum);
            if (!summary) {
                printer.print(next.get());
            }
        }
    }

    private void printJson(Backup first, Backup second, BackupDiff diff, Map<DiffKind, Long> counts)
            throws IOException {
        try (Json document = Json.on(out())) {
            document.begin().field("before", first.objectName()).field("after", second.objectName());
            document.beginList("differences");
            each(
                    diff,
                    counts,
                    entry -> document.write(Json.object(
                            "database", entry.database(),
                            "set", entry.set(),
                            "key", KeyOptions.text(entry.key()),
                            "kind", entry.kind())));
            document.endList()
                    .field("added", counts.get(DiffKind.ADDED))
                    .field("removed", counts.get(DiffKind.REMOVED))
                    .field("changed", counts.get(DiffKind.CHANGED))
                    .end();
        }
    }

    private static String line(DiffEntry entry) {
        String sign = switch (entry.kind()) {
            case ADDED -> "+";
            case REMOVED -> "-";
            case CHANGED -> "~";
        };
        return sign + " " + entry.database() + " " + entry.set() + " " + KeyOptions.text(entry.key());
    }
}
