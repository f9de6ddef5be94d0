package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sync",
        description = {
            "Copies every backup that another store does not have yet; removes nothing there.",
            "Goes on after one that fails. Damaged backups are not copied."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup sync -s /mnt/backups --to s3://offsite/backups?region=eu-west-1",
            "  kvbackup sync orders --newest 3 -s /mnt/backups --to gs://offsite/backups"
        })
final class SyncCommand extends StoreCommand {
    @Parameters(arity = "0..1", paramLabel = "DATABASE", description = "Only backups that hold this database.")
    @Nullable
    String database;

    @Option(names = "--to", required = true, paramLabel = "STORE", description = "The other store, named as -s is.")
    String to = "";

    @Option(names = "--newest", paramLabel = "N", description = "Only the newest N.")
    long newest = Long.MAX_VALUE;

    private final List<String> copied = new ArrayList<>();
    private final List<Map<String, @Nullable Object>> failed = new ArrayList<>();
    private int there;
    private int damaged;

    SyncCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        List<Backup> all = database == null ? manager.listBackups() : manager.listBackups(database);
        if (database != null && all.isEmpty()) {
            throw BackupChoice.unknown(database, manager);
        }
        try (StorageClient target = CopyCommand.open(to, terminal);
                ProgressLine progress = ProgressLine.of(manager, terminal)) {
            Set<String> known = names(target);
            for (Backup backup : all.subList(0, (int) Math.min(newest, all.size()))) {
                if (known.contains(backup.objectName())) {
                    there++;
                } else {
                    copy(manager, backup, target);
                }
            }
        }
        print(
                Json.object("copied", copied, "already_there", there, "failed", failed),
                () -> out().println(
                                copied.size() + " copied, " + there + " there already, " + failed.size() + " failed"));
        if (damaged > 0) {
            return ExitCode.DAMAGE;
        }
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Set<String> names(StorageClient target) throws IOException {
        try (BackupManager there = BackupManager.builder().storage(target).build()) {
            return there.listBackups().stream()
                    .filter(Backup::hasManifest)
                    .map(Backup::objectName)
                    .collect(Collectors.toSet());
        }
    }

    private void copy(BackupManager manager, Backup backup, StorageClient target) {
        String name = backup.objectName();
        try {
            manager.copyBackup(name, target);
            copied.add(name);
            if (!json) {
                out().println("copied " + name);
            }
        } catch (IOException | IllegalArgumentException e) {
            damaged += ExitCode.of(e) == ExitCode.DAMAGE ? 1 : 0;
            failed.add(Json.object("name", name, "message", Failures.oneLine(e)));
            note("failed " + name + ": " + Failures.oneLine(e));
        }
    }
}
