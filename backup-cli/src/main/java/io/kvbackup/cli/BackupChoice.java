package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreTarget;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which backup: by its name, or the newest of a database, now or at a time. */
final class BackupChoice {
    @Parameters(
            index = "0",
            paramLabel = "BACKUP",
            description = "A name from 'kvbackup list', or a database for its newest backup.")
    String backup = "";

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "With a database: the newest backup that is not later than this. " + Times.HELP + ".")
    @Nullable
    String at;

    static BackupChoice of(String backup, @Nullable String at) {
        BackupChoice choice = new BackupChoice();
        choice.backup = backup;
        choice.at = at;
        return choice;
    }

    /** Whether a database was named, and no backup. */
    boolean isDatabase() {
        return !backup.contains("/");
    }

    /** The moment that {@code --at} names; the newest state there is if it names none. */
    RestoreTarget moment(Terminal terminal) {
        return at == null ? RestoreTarget.latest() : RestoreTarget.timestamp(Times.moment(at, terminal.clock()));
    }

    /** @return with what its manifest says */
    Backup in(BackupManager manager, Terminal terminal) throws IOException {
        Optional<Instant> latest = Optional.ofNullable(at).map(time -> Times.moment(time, terminal.clock()));
        if (!isDatabase()) {
            if (latest.isPresent()) {
                throw new IllegalArgumentException(
                        "--at chooses among the backups of a database, and '" + backup + "' names one already");
            }
            return manager.describe(backup);
        }
        return manager.describe(newest(manager, latest).objectName());
    }

    private Backup newest(BackupManager manager, Optional<Instant> latest) throws IOException {
        List<Backup> all = manager.listBackups(backup);
        List<Backup> fitting = all.stream()
                .filter(each -> latest.isEmpty() || !each.timestamp().isAfter(latest.get()))
                .toList();
        // Without a manifest nobody knows whether its writer has finished.
        return fitting.stream()
                .filter(Backup::hasManifest)
                .findFirst()
                .or(() -> fitting.stream().findFirst())
                .orElseThrow(() -> all.isEmpty() ? unknown(manager) : tooEarly(all, latest.orElse(Instant.MIN)));
    }

    private NoSuchFileException tooEarly(List<Backup> all, Instant latest) {
        return new NoSuchFileException(
                backup,
                null,
                "no backup is as old as " + Words.time(latest) + "; the oldest is of "
                        + Words.time(all.get(all.size() - 1).timestamp()));
    }

    private NoSuchFileException unknown(BackupManager manager) {
        return unknown(backup, manager);
    }

    static NoSuchFileException unknown(String database, BackupManager manager) {
        Set<String> known = new TreeSet<>();
        try {
            manager.listBackups().forEach(each -> known.add(each.database()));
        } catch (IOException e) {
            // The hint is missing then.
        }
        return new NoSuchFileException(
                database,
                null,
                "the store has no backup of such a database"
                        + (known.isEmpty() ? ", nor of any other" : "; it has backups of " + String.join(", ", known)));
    }
}
