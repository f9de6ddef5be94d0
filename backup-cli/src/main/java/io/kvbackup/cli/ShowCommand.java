package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows what one backup holds: databases, sets, counts, sizes and marks.",
        footer = {
            "",
            "Examples:",
            "  kvbackup show orders -s /mnt/backups",
            "  kvbackup show orders --at 2026-11-20T12:00 -s s3://my-bucket/backups"
        })
final class ShowCommand extends StoreCommand {
    @Mixin
    final BackupChoice choice = new BackupChoice();

    ShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        Backup backup = choice.in(manager, terminal);
        print(Shapes.described(backup), () -> describe(backup));
        return ExitCode.OK;
    }

    private void describe(Backup backup) {
        line("Name", backup.objectName());
        line("Database", backup.isOfAllDatabases() ? "all (full)" : backup.database());
        line("Time", Words.time(backup.timestamp()));
        line("Kind", backup.kind() + ", " + backup.format());
        line("State", ListCommand.state(backup));
        backup.marks()
                .verifications()
                .forEach(each -> line(
                        "Verified",
                        Words.time(each.at()) + " " + each.level() + (each.passed() ? " passed" : " FOUND DAMAGE")));
        line("Stored", Words.bytes(backup.storedBytes()));
        backup.contents().ifPresentOrElse(this::describe, () -> line("Contents", "unknown: it has no manifest"));
    }

    private void describe(BackupContents contents) {
        line("Own", Words.bytes(contents.ownBytes()) + ", shared " + Words.bytes(contents.sharedBytes()));
        line("Plain", Words.bytes(contents.plainBytes()));
        line("Entries", Words.count(contents.metadata().entryCount()));
        line("SHA-256", contents.sha256());
        out().println();
        Table table = new Table("DATABASE", "SET", "KEYS", "VALUES", ">ENTRIES");
        for (DatabaseBackup database : contents.databases()) {
            for (SetBackup set : database.sets().values()) {
                table.row(
                        database.name(),
                        set.name(),
                        set.keys().toString(),
                        set.values().toString(),
                        Words.count(Shapes.entries(contents, database, set)));
            }
        }
        table.printTo(out());
    }

    private void line(String name, String value) {
        out().println((name + ":          ").substring(0, 11) + value);
    }
}
