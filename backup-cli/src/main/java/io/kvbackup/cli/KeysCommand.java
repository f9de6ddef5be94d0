package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.encryption.RewrapReport;
import java.io.IOException;
import picocli.CommandLine.Command;

/** What is done about keys. */
@Command(
        name = "keys",
        description = "Changes the keys that backups are encrypted with.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = KeysCommand.Rewrap.class)
final class KeysCommand {
    @Command(
            name = "rewrap",
            description = {
                "Wraps the data keys of all encrypted backups under the current key, so that the older one can go.",
                "Archives are not touched. If it breaks off, run it again."
            },
            footer = {
                "",
                "Example:",
                "  kvbackup keys rewrap -s /mnt/backups --password-file new.txt --key-id 2026"
                        + " --older-password-file old.txt"
            })
    static final class Rewrap extends StoreCommand {
        Rewrap(Terminal terminal) {
            super(terminal);
        }

        @Override
        int run(BackupManager manager) throws IOException {
            RewrapReport report;
            try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
                report = manager.rewrapBackups();
            }
            print(
                    Json.object("rewrapped", report.rewrapped(), "unchanged", report.unchanged()),
                    () -> out().println(report.rewrapped() + " rewrapped, " + report.unchanged()
                            + " were under the current key already"));
            return ExitCode.OK;
        }
    }
}
