package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Puts an archive from a file into the store, pinned, as a backup without manifest.",
            "An encrypted one needs its manifest beside it and the name that it had, because it is bound to that."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup import orders.cbor.zst --database orders -s /mnt/backups",
            "  kvbackup import old.json.gz --as backups/orders/2026-11-20T12:00:00.000Z.json.gz -s /mnt/backups"
        })
final class ImportCommand extends StoreCommand {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern FORMAT = Pattern.compile(".*?\\.((?:json|cbor|tar)(?:\\.[a-z0-9]+)*)");

    @Parameters(
            paramLabel = "FILE",
            description = "An archive: *.json, *.cbor or *.tar, with .gz, .bz2, .xz, .zst after it.")
    Path file = Path.of("");

    @Option(names = "--as", paramLabel = "NAME", description = "The backup's name in the store.")
    @Nullable
    String name;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "In place of --as: the name is made of this, --time, and the format in the file's name.")
    @Nullable
    String database;

    @Option(names = "--time", paramLabel = "TIME", description = "With --database; the time of the file unless given.")
    @Nullable
    String time;

    ImportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file to import");
        }
        String object = name != null ? name : madeName();
        try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
            manager.uploadFile(object, file);
        }
        print(Json.object("name", object, "file", file), () -> out().println("imported " + file + " as " + object));
        return ExitCode.OK;
    }

    private String madeName() throws IOException {
        if (database == null) {
            throw new IllegalArgumentException("the backup needs a name: give --as, or --database");
        }
        Matcher format = FORMAT.matcher(String.valueOf(file.getFileName()));
        if (!format.matches()) {
            throw new IllegalArgumentException("the name of " + file
                    + " does not tell its format; it must end like orders.json.gz, or give the whole name with --as");
        }
        Instant stamp =
                time == null ? Files.getLastModifiedTime(file).toInstant() : Times.moment(time, terminal.clock());
        return "backups/" + database + "/" + STAMP.format(stamp) + "." + format.group(1);
    }
}
