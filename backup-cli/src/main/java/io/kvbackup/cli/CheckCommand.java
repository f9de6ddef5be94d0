package io.kvbackup.cli;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = {
            "Finds out whether a store keeps the promises that backups need.",
            "Writes below a random prefix and removes that again; a minute at most."
        },
        footer = {
            "",
            "Example:",
            "  kvbackup check -s s3://my-bucket/backups?region=eu-west-1",
            "",
            "The exit code is 1 if the store is not fit, or only for a single writer."
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = StoreName.HELP + ". KVBACKUP_STORAGE unless given.")
    @Nullable
    String store;

    @Option(names = "--quick", description = "Only what is cheap to look at.")
    boolean quick;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String named = store != null ? store : "env:" + StoreName.VARIABLE;
        StorageReport report;
        try (StorageClient client =
                StorageClient.open(StorageUri.parse(StoreName.parse(named, terminal.environment())))) {
            report = (quick ? StorageCheck.quick() : StorageCheck.full()).run(client);
        }
        if (json) {
            print(report);
        } else {
            terminal.out().print(report);
        }
        return report.verdict() == StorageReport.Verdict.GOOD ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(StorageReport report) throws IOException {
        try (Json document = Json.on(terminal.out())) {
            document.write(Json.object(
                    "store", report.store(),
                    "verdict", report.verdict(),
                    "took_ms", report.took().toMillis(),
                    "findings",
                            report.findings().stream()
                                    .map(each -> Json.object(
                                            "criterion", each.criterion(),
                                            "outcome", each.outcome(),
                                            "observed", each.observed()))
                                    .toList()));
        }
    }
}
