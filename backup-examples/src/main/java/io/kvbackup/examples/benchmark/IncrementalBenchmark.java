package io.kvbackup.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures incremental backups of RocksDB next to a scan and to full backups, in one run. */
@Command(
        name = "incremental-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fills a RocksDB and backs it up again and again after changes of several kinds, in a virtual "
                + "machine of 64 MiB. Prints each figure next to its bound.")
public final class IncrementalBenchmark implements Callable<Integer> {
    private static final String GENERATOR_HEAP = "256m";
    private static final String HEAP = "64m";
    private static final long WARM_UP_ENTRIES = 100_000;

    @Option(names = "--entries", defaultValue = "4000000", description = "How many; ${DEFAULT-VALUE} unless given.")
    private long entries = 4_000_000;

    @Option(names = "--rounds", defaultValue = "5", description = "Of what is timed; the median counts.")
    private int rounds = 5;

    @Option(names = "--increments", defaultValue = "1000", description = "Of 0.1 %%; ${DEFAULT-VALUE} unless given.")
    private int increments = 1000;

    @Option(names = "--seed", defaultValue = "1", description = "Decides values and changes.")
    private long seed;

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            defaultValue = "target/incremental",
            description = "Emptied first.")
    private Path work = Path.of("target", "incremental");

    private final PrintStream out;

    IncrementalBenchmark(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new IncrementalBenchmark(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        WorkFolders folders = new WorkFolders(work);
        folders.empty();
        out.printf(Locale.ROOT, "Filling RocksDB with %,d entries%n", entries);
        fill(folders.small(), Math.min(entries, WARM_UP_ENTRIES));
        fill(folders.large(), entries);
        List<String> arguments = List.of(
                work.toString(),
                String.valueOf(entries),
                String.valueOf(seed),
                String.valueOf(rounds),
                String.valueOf(increments));
        try (ChildProcess child = ChildProcess.start(HEAP, IncrementalProcess.class, arguments)) {
            for (Optional<String> line = child.line(); line.isPresent(); line = child.line()) {
                out.println(line.get());
            }
            return child.exitCode();
        }
    }

    private void fill(Path folder, long count) throws IOException {
        List<String> arguments = List.of(folder.toString(), String.valueOf(count), String.valueOf(seed));
        try (ChildProcess generator = ChildProcess.start(GENERATOR_HEAP, FillProcess.class, arguments)) {
            if (generator.line().isEmpty() || generator.exitCode() != 0) {
                throw new IOException("the database could not be filled");
            }
        }
    }
}
