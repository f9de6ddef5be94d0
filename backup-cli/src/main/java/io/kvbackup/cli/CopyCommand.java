package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.copy.CopyReport;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "copy",
        description = "Copies one backup, with its pin and tags, into another store and verifies it there.",
        footer = {"", "Example:", "  kvbackup copy orders -s /mnt/backups --to s3://offsite/backups?region=eu-west-1"})
final class CopyCommand extends StoreCommand {
    @Mixin
    final BackupChoice choice = new BackupChoice();

    @Option(names = "--to", required = true, paramLabel = "STORE", description = "The other store, named as -s is.")
    String to = "";

    CopyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        CopyReport report;
        try (StorageClient target = open(to, terminal)) {
            Backup backup = choice.in(manager, terminal);
            try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
                report = manager.copyBackup(backup.objectName(), target);
            }
        }
        print(
                Json.object(
                        "name", report.backup().objectName(),
                        "way", report.way(),
                        "took_ms", report.took().toMillis()),
                () -> out().println((report.way() == CopyReport.Way.WAS_THERE ? "was there already: " : "copied ")
                        + report.backup().objectName() + " in " + Words.span(report.took())));
        return ExitCode.OK;
    }

    static StorageClient open(String store, Terminal terminal) throws IOException {
        return StorageClient.open(StorageUri.parse(StoreName.parse(store, terminal.environment())));
    }
}
