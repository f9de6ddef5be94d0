package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "cat",
        description = {
            "Prints entries of a backup: all, of some sets, or of some keys.",
            "The value of one --key is printed as it is; anything else as JSON lines."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup cat orders -s /mnt/backups | head",
            "  kvbackup cat orders -s /mnt/backups --set items --key apple",
            "  kvbackup cat orders -s /mnt/backups --set items --prefix a --as cbor > items.cbor",
            "",
            "Of an archive, what was printed is known to be good only if the exit code is 0."
        })
final class CatCommand extends StoreCommand {
    /** How often to look whether anybody still reads. */
    private static final int LOOK = 4096;

    @Mixin
    final BackupChoice choice = new BackupChoice();

    @Option(names = "--database", paramLabel = "NAME", description = "Of a backup of several databases, only this one.")
    @Nullable
    String database;

    @Option(names = "--set", paramLabel = "NAME", description = "Only this set; may be given several times.")
    List<String> sets = List.of();

    @Mixin
    final KeyOptions keys = new KeyOptions();

    @Option(names = "--as", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES}.")
    @Nullable
    EntryFormat format;

    private final HeaderProbe probe = new HeaderProbe();

    CatCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare(BackupManagerBuilder builder) {
        builder.databases(probe);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        KeyRange range = keys.range();
        Backup backup = choice.in(manager, terminal);
        EntryFormat chosen = format != null ? format : keys.isOneKey() && !json ? EntryFormat.RAW : EntryFormat.JSONL;
        long found = 0;
        EntryFormat.Writer writer = chosen.on(out());
        try (writer) {
            for (DatabaseBackup each : Selection.databases(backup, probe.headers(manager, backup), database)) {
                for (SetBackup set : Selection.sets(each, sets)) {
                    found += print(manager, backup, each, set, range, writer);
                }
            }
        }
        if (keys.isOneKey() && found == 0) {
            throw new NoSuchFileException(
                    keys.key, null, "the backup " + backup.objectName() + " does not hold this key");
        }
        return ExitCode.OK;
    }

    private long print(
            BackupManager manager,
            Backup backup,
            DatabaseBackup from,
            SetBackup set,
            KeyRange range,
            EntryFormat.Writer writer)
            throws IOException {
        long count = 0;
        try (EntryCursor cursor = manager.openEntries(backup.objectName(), from.name(), set.name(), range)) {
            while (cursor.next()) {
                writer.write(from.name(), set, cursor.key(), cursor.value());
                if (++count % LOOK == 0 && out().checkError()) {
                    throw new IOException("nobody reads the output any more");
                }
            }
        }
        return count;
    }
}
