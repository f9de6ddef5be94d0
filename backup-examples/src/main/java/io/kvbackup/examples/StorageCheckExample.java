package io.kvbackup.examples;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Says whether a store is good enough for backups. Its exit code is 0 if it is, 3 if it is for a single writer only, 1
 * if it is not or cannot be reached, 2 for wrong arguments.
 */
@Command(
        name = "storage-check-example",
        description = "Checks a store: what it keeps of its promises, and what that means for backups.")
public final class StorageCheckExample extends ExampleCommand {
    @Option(
            names = "--storage",
            required = true,
            paramLabel = "URI",
            description = "The store: file:///folder, s3://bucket/prefix?region=..., gs://bucket/prefix, mem:name.")
    private String storage = "";

    @Option(names = "--quick", description = "Only what costs little, as at the start of a program.")
    private boolean quick;

    @Option(names = "--seconds", paramLabel = "N", description = "Time for the check: 60, or 15 for --quick.")
    private @Nullable Integer seconds;

    StorageCheckExample(PrintStream out) {
        super(out);
    }

    public static void main(String[] args) {
        System.exit(new StorageCheckExample(System.out).run(args));
    }

    @Override
    public Integer call() throws IOException {
        StorageCheck check = quick ? StorageCheck.quick() : StorageCheck.full();
        if (seconds != null) {
            check = check.within(Duration.ofSeconds(seconds));
        }
        return exitCode(report(check));
    }

    private StorageReport report(StorageCheck check) throws IOException {
        try (StorageClient client = StorageClient.open(StorageUri.parse(storage))) {
            StorageReport report = check.run(client);
            out.print(report);
            return report;
        }
    }

    private static int exitCode(StorageReport report) {
        return switch (report.verdict()) {
            case GOOD -> 0;
            case SINGLE_WRITER -> 3;
            case UNFIT -> 1;
        };
    }
}
