package io.kvbackup.examples.benchmark;

import io.kvbackup.examples.Folders;
import io.kvbackup.examples.engine.EngineKind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures, for each engine, how fast a writer is during a backup, as a share of how fast it is beside none. */
@Command(
        name = "writer-slowdown",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "A thread writes as fast as it can; in turn it is left alone and is backed up. Prints the median of "
                        + "the rounds' ratios.")
public final class WriterSlowdown implements Callable<Integer> {
    @Option(
            names = "--entries",
            defaultValue = "500000",
            description = "In the database; ${DEFAULT-VALUE} unless given.")
    private int entries = 500_000;

    @Option(names = "--files", defaultValue = "10000", description = "In the folder; ${DEFAULT-VALUE} unless given.")
    private int files = 10_000;

    @Option(names = "--rounds", defaultValue = "7", description = "Of each engine; ${DEFAULT-VALUE} unless given.")
    private int rounds = 7;

    @Option(
            names = "--engine",
            split = ",",
            description = "One or several of ${COMPLETION-CANDIDATES}; all unless given.")
    private Set<EngineKind> kinds = EnumSet.allOf(EngineKind.class);

    @Option(names = "--work", paramLabel = "FOLDER", defaultValue = "target/slowdown", description = "Emptied first.")
    private Path work = Path.of("target", "slowdown");

    private final PrintStream out;

    WriterSlowdown(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new WriterSlowdown(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Folders.delete(work);
        out.printf("%-20s %14s %14s %8s %14s%n", "engine", "alone, /s", "backup, /s", "ratio", "a backup, s");
        for (EngineKind kind : kinds) {
            int count = kind == EngineKind.FOLDER_WITH_LOCK ? files : entries;
            try (SlowdownRounds measured = new SlowdownRounds(kind, work, count)) {
                measured.round();
                List<SlowdownRounds.Round> results = measured.rounds(rounds);
                out.printf(
                        Locale.ROOT,
                        "%-20s %,14.0f %,14.0f %8.2f %14.2f%n",
                        kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        median(results, SlowdownRounds.Round::aloneRate),
                        median(results, SlowdownRounds.Round::backupRate),
                        median(results, SlowdownRounds.Round::ratio),
                        median(results, SlowdownRounds.Round::seconds));
            }
            Folders.delete(work);
        }
        return 0;
    }

    private static double median(List<SlowdownRounds.Round> rounds, ToDoubleFunction<SlowdownRounds.Round> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
