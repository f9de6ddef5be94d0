package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        description = "Lists backups, newest first.",
        footer = {
            "",
            "Examples:",
            "  kvbackup list -s /mnt/backups",
            "  kvbackup list orders -s s3://my-bucket/backups --since 7d",
            "  kvbackup list -s gs://my-bucket/backups --json"
        })
final class ListCommand extends StoreCommand {
    @Parameters(arity = "0..1", paramLabel = "DATABASE", description = "Only backups that hold this database.")
    @Nullable
    String database;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only backups of this time or later. " + Times.HELP + ".")
    @Nullable
    String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only backups before this time.")
    @Nullable
    String until;

    @Option(names = "--limit", paramLabel = "N", description = "Only the newest N.")
    long limit = Long.MAX_VALUE;

    ListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        Instant from = since == null ? Instant.MIN : Times.moment(since, terminal.clock());
        Instant before = until == null ? Instant.MAX : Times.moment(until, terminal.clock());
        List<Backup> all = database == null ? manager.listBackups() : manager.listBackups(database);
        if (database != null && all.isEmpty()) {
            throw BackupChoice.unknown(database, manager);
        }
        Stream<Backup> chosen = all.stream()
                .filter(each ->
                        !each.timestamp().isBefore(from) && each.timestamp().isBefore(before))
                .limit(limit);
        if (json) {
            try (Json document = Json.on(out())) {
                document.begin().beginList("backups");
                for (Backup backup : (Iterable<Backup>) chosen::iterator) {
                    document.write(Shapes.backup(backup));
                }
                document.endList().end();
            }
            return ExitCode.OK;
        }
        Table table = new Table("TIME", "DATABASE", "KIND", ">SIZE", "STATE", "NAME");
        chosen.forEach(each -> table.row(
                Words.time(each.timestamp()),
                each.database(),
                each.kind().toString(),
                Words.bytes(each.storedBytes()),
                state(each),
                each.objectName()));
        if (table.isEmpty()) {
            note("no backups");
        } else {
            table.printTo(out());
        }
        return ExitCode.OK;
    }

    static String state(Backup backup) {
        List<String> states = new ArrayList<>();
        if (backup.marks().isDamaged()) {
            states.add("DAMAGED");
        } else if (backup.marks().isVerified()) {
            states.add("verified");
        }
        if (!backup.hasManifest()) {
            states.add("no manifest");
        }
        if (!backup.credible()) {
            states.add("time in doubt");
        }
        if (backup.isPinned()) {
            states.add("pinned");
        }
        Optional.of(backup.tags())
                .filter(tags -> !tags.isEmpty())
                .ifPresent(tags -> states.add("#" + String.join(" #", tags)));
        return states.isEmpty() ? "-" : String.join(", ", states);
    }
}
