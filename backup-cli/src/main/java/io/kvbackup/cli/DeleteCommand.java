package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Removes one backup at once, even if it is pinned. Needs its full name, and --yes.",
        footer = {
            "",
            "Example:",
            "  kvbackup delete backups/orders/2026-11-20T12:00:00.000Z.cbor.zst -s /mnt/backups --yes"
        })
final class DeleteCommand extends StoreCommand {
    @Parameters(paramLabel = "NAME", description = "As 'kvbackup list' shows it.")
    String name = "";

    @Option(names = "--yes", description = "Do it.")
    boolean yes;

    DeleteCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        if (!name.contains("/")) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not the full name of a backup; 'kvbackup list' shows it");
        }
        manager.describe(name);
        if (!yes) {
            throw new IllegalArgumentException("nothing was deleted; add --yes to delete " + name);
        }
        manager.deleteBackup(name);
        print(Json.object("deleted", name), () -> out().println("deleted " + name));
        return ExitCode.OK;
    }
}
