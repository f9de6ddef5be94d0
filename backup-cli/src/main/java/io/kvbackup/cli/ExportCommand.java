package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Writes a backup into one file: a portable archive that needs no store.",
            "An incremental backup becomes an archive on the way, for which an encrypted one needs its key. The"
                    + " manifest of an encrypted archive is put beside it, because it holds the wrapped key."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup export orders orders.cbor.zst -s /mnt/backups",
            "  kvbackup export orders --at 3d orders.json.gz --format json.gz -s s3://my-bucket/backups"
        })
final class ExportCommand extends StoreCommand {
    @Mixin
    final BackupChoice choice = new BackupChoice();

    @Parameters(index = "1", paramLabel = "FILE", description = "A new file.")
    Path file = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Of an incremental backup: cbor.zst, json.gz, tar.bz2, ...")
    @Nullable
    String format;

    ExportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            NewDatabase.requireNew(file);
        }
        Backup backup = choice.in(manager, terminal);
        try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
            if (backup.kind() == BackupKind.FULL) {
                if (format != null && !format.equals(backup.format())) {
                    throw new IllegalArgumentException("this backup is an archive of format " + backup.format()
                            + " and is written as it is; --format is for incremental backups");
                }
                manager.downloadFile(backup.objectName(), file);
            } else {
                convert(manager, backup);
            }
        }
        long bytes = Files.size(file);
        print(
                Json.object("backup", Shapes.backup(backup), "file", file, "bytes", bytes),
                () -> out().println("wrote " + backup.objectName() + " to " + file + " (" + Words.bytes(bytes) + ")"));
        return ExitCode.OK;
    }

    /** In a store of its own, so that nothing is written to the one that is read. */
    private void convert(BackupManager manager, Backup backup) throws IOException {
        Path folder = Files.createTempDirectory("kvbackup-export-");
        try (StorageClient copy =
                StorageClient.open(StorageUri.parse(StoreName.parse(folder.toString(), terminal.environment())))) {
            manager.copyBackup(backup.objectName(), copy);
            var builder = store.manager(terminal, copy);
            if (format != null) {
                builder.format(format);
            }
            try (BackupManager there = builder.build()) {
                Backup archive = there.convert(backup.objectName(), BackupKind.FULL);
                there.downloadFile(archive.objectName(), file);
            }
        } finally {
            NewDatabase.removeTree(folder);
        }
    }
}
