package io.kvbackup.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a backup and a restore of RocksDB next to a bare scan and to the naive way, in one run. */
@Command(
        name = "backup-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fills a RocksDB and measures, each in a virtual machine of its own: a bare scan, the naive way, "
                + "a backup, its verification and its restore, and the same encrypted.")
public final class BackupBenchmark implements Callable<Integer> {
    private static final String GENERATOR_HEAP = "256m";
    private static final String SERVER_HEAP = "1g";
    private static final long WARM_UP_ENTRIES = 100_000;

    @Option(names = "--entries", defaultValue = "4000000", description = "How many; ${DEFAULT-VALUE} unless given.")
    private long entries = 4_000_000;

    @Option(names = "--runs", defaultValue = "3", description = "Of each phase; the fastest counts.")
    private int runs = 3;

    @Option(names = "--seed", defaultValue = "1", description = "Decides the values.")
    private long seed;

    @Option(names = "--work", paramLabel = "FOLDER", defaultValue = "target/benchmark", description = "Emptied first.")
    private Path work = Path.of("target", "benchmark");

    @Option(
            names = "--storage",
            paramLabel = "URI",
            description = "Where backups go; a folder below --work unless given.")
    private @Nullable String storage;

    @Option(
            names = "--phases",
            split = ",",
            paramLabel = "PHASE",
            description = "Only these: ${COMPLETION-CANDIDATES}; all unless given.")
    private Set<Phase> phases = EnumSet.allOf(Phase.class);

    @Option(names = "--s3mock", description = "Backups go to an S3 server on this machine, in a process of its own.")
    private boolean s3mock;

    private final PrintStream out;

    BackupBenchmark(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new BackupBenchmark(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        WorkFolders folders = new WorkFolders(work);
        folders.empty();
        if (!s3mock) {
            measureAll(folders, storage == null ? folders.storageUri() : storage, phases);
            return 0;
        }
        try (ChildProcess server = ChildProcess.start(SERVER_HEAP, S3Process.class, List.of())) {
            String uri = server.line().orElseThrow(() -> new IOException("the S3 server did not start"));
            measureAll(folders, uri, EnumSet.of(Phase.BACKUP, Phase.VERIFY, Phase.RESTORE));
        }
        return 0;
    }

    private void measureAll(WorkFolders folders, String storageUri, Set<Phase> phases) throws IOException {
        out.printf(Locale.ROOT, "Filling RocksDB with %,d entries%n", entries);
        fill(folders.small(), Math.min(entries, WARM_UP_ENTRIES));
        long bytes = fill(folders.large(), entries);
        Map<Phase, Measurement> results = new EnumMap<>(Phase.class);
        // In the order in which they build on each other, whatever the order on the command line.
        for (Phase phase : EnumSet.copyOf(phases)) {
            Optional<Measurement> result = measure(phase, folders, storageUri, bytes);
            out.printf(
                    "%-34s %s%n",
                    phase.title(), result.map(Measurement::toString).orElse("did not finish"));
            result.ifPresent(measurement -> results.put(phase, measurement));
        }
        ratio(results, Phase.BACKUP, Phase.NAIVE);
        ratio(results, Phase.BACKUP, Phase.SCAN);
        ratio(results, Phase.BACKUP, Phase.ADAPTER_SCAN);
        ratio(results, Phase.ENCRYPTED_BACKUP, Phase.BACKUP);
        ratio(results, Phase.ENCRYPTED_RESTORE, Phase.RESTORE);
    }

    private long fill(Path folder, long count) throws IOException {
        List<String> arguments = List.of(folder.toString(), String.valueOf(count), String.valueOf(seed));
        try (ChildProcess generator = ChildProcess.start(GENERATOR_HEAP, FillProcess.class, arguments)) {
            String bytes = generator.line().orElseThrow(() -> new IOException("the database could not be filled"));
            generator.exitCode();
            return Long.parseLong(bytes);
        }
    }

    private Optional<Measurement> measure(Phase phase, WorkFolders folders, String storageUri, long bytes)
            throws IOException {
        List<String> arguments = List.of(
                phase.name(),
                folders.small().toString(),
                folders.large().toString(),
                storageUri,
                String.valueOf(bytes),
                String.valueOf(runs));
        try (ChildProcess child = ChildProcess.start(phase.heap(), PhaseProcess.class, arguments)) {
            Optional<Measurement> result = Optional.empty();
            for (Optional<String> line = child.line(); line.isPresent(); line = child.line()) {
                Optional<Measurement> parsed = Measurement.parse(line.get());
                result = parsed.isPresent() ? parsed : result;
            }
            return child.exitCode() == 0 ? result : Optional.empty();
        }
    }

    private void ratio(Map<Phase, Measurement> results, Phase phase, Phase other) {
        Measurement ours = results.get(phase);
        Measurement theirs = results.get(other);
        if (ours != null && theirs != null) {
            out.printf(
                    Locale.ROOT,
                    "%s / %s: %.2f%n",
                    phase.words(),
                    other.words(),
                    ours.megabytesPerSecond() / theirs.megabytesPerSecond());
        }
    }
}
