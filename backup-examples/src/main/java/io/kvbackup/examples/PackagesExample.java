package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The main job, end to end: loads package records into RocksDB, backs the database up, damages it, restores it, and
 * compares it record by record. Its exit code is 0 if every record came back, 1 if not or if something failed, 2 for
 * wrong arguments.
 */
@Command(
        name = "packages-example",
        description = "Backs up a RocksDB full of package records, damages it, restores it and compares every record.")
public final class PackagesExample extends ExampleCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "RECORDS",
            description = "A file with one {\"key\": ..., \"value\": ...} a line, gzipped if it ends in .gz; "
                    + "a sample of 9,063 records unless given.")
    private @Nullable Path records;

    @Option(
            names = "--storage",
            paramLabel = "URI",
            description = "Where to keep the backup: file:///folder, s3://bucket/prefix?region=..., mem:name; "
                    + "a folder below --work unless given.")
    private @Nullable String storage;

    @Option(names = "--s3mock", description = "Keep the backup in an S3 server that runs inside this process.")
    private boolean s3mock;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "cbor.zst",
            description = "Archive format and compression: cbor.zst (default), json.gz, json, tar.bz2, ...")
    private String format = "cbor.zst";

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            defaultValue = "target/packages-example",
            description = "Folder for the database, emptied first; ${DEFAULT-VALUE} unless given.")
    private Path work = Path.of("target", "packages-example");

    @Option(names = "--seed", defaultValue = "1", description = "Decides which records are damaged.")
    private long seed;

    PackagesExample(PrintStream out) {
        super(out);
    }

    public static void main(String[] args) {
        System.exit(new PackagesExample(System.out).run(args));
    }

    @Override
    public Integer call() throws IOException {
        WorkFolder folder = new WorkFolder(work);
        folder.empty();
        if (!s3mock) {
            String uri = storage == null ? folder.storageUri() : storage;
            return run(folder, uri, () -> {});
        }
        LoopbackS3 server = LoopbackS3.start();
        return run(folder, server.uri(), server);
    }

    private int run(WorkFolder folder, String storageUri, Closeable server) throws IOException {
        PackageRecords source = new PackageRecords(Optional.ofNullable(records));
        try (server;
                PackageStore store = PackageStore.open(folder.database());
                BackupManager manager = BackupManager.builder()
                        .storage(storageUri)
                        .database(store.database())
                        .format(format)
                        .build()) {
            return new RoundTrip(store, source, manager, out).run(storageUri, seed) ? 0 : 1;
        }
    }
}
