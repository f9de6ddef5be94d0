package io.kvbackup.examples.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.kvbackup.examples.Folders;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures what encryption costs, on machines that have other work to do as well: plain and encrypted backups in turn,
 * in one virtual machine, so that both of a round meet the same neighbours, and the median of the rounds' ratios.
 * Processor time is the steadier measure there.
 */
@Command(
        name = "encryption-cost",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Backs a RocksDB up and restores it, plain and encrypted in turn. Prints the speed encrypted as a "
                        + "share of the speed in plain: median and quartiles of the rounds.")
public final class EncryptionCost implements Callable<Integer> {
    @Option(names = "--entries", defaultValue = "500000", description = "How many; ${DEFAULT-VALUE} unless given.")
    private long entries = 500_000;

    @Option(names = "--rounds", defaultValue = "15", description = "That count; ${DEFAULT-VALUE} unless given.")
    private int rounds = 15;

    @Option(
            names = "--warm-ups",
            defaultValue = "3",
            description = "Rounds before, which do not; ${DEFAULT-VALUE} unless given.")
    private int warmUps = 3;

    @Option(names = "--work", paramLabel = "FOLDER", defaultValue = "target/encryption", description = "Emptied first.")
    private Path work = Path.of("target", "encryption");

    private final PrintStream out;

    EncryptionCost(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new EncryptionCost(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Folders.delete(work);
        PhaseRunner plain = new PhaseRunner(work, uri("plain"));
        PhaseRunner encrypted = new PhaseRunner(work, uri("encrypted"));
        plain.fill(entries, 1);
        compare("backup", plain, Phase.BACKUP, encrypted, Phase.ENCRYPTED_BACKUP);
        compare("restore", plain, Phase.RESTORE, encrypted, Phase.ENCRYPTED_RESTORE);
        Folders.delete(work);
        return 0;
    }

    private String uri(String folder) {
        return work.resolve(folder).toUri().toString();
    }

    /** @param cpuNanos processor time of the whole virtual machine, which neighbours do not disturb */
    private record Cost(long nanos, long cpuNanos) {}

    private static Cost run(PhaseRunner runner, Phase phase) throws IOException {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long before = machine.getProcessCpuTime();
        long nanos = runner.run(phase).nanos();
        return new Cost(nanos, machine.getProcessCpuTime() - before);
    }

    private void compare(String what, PhaseRunner plain, Phase phase, PhaseRunner encrypted, Phase encryptedPhase)
            throws IOException {
        double[] speeds = new double[rounds];
        double[] processor = new double[rounds];
        for (int i = -warmUps; i < rounds; i++) {
            Cost inPlain;
            Cost inCipher;
            // The second of two finds caches as the first has left them, so they change places.
            if (i % 2 == 0) {
                inPlain = run(plain, phase);
                inCipher = run(encrypted, encryptedPhase);
            } else {
                inCipher = run(encrypted, encryptedPhase);
                inPlain = run(plain, phase);
            }
            if (i >= 0) {
                speeds[i] = (double) inPlain.nanos() / inCipher.nanos();
                processor[i] = (double) inCipher.cpuNanos() / Math.max(1, inPlain.cpuNanos());
            }
        }
        out.printf("encrypted %s / %s: speed %s%n", what, what, summary(speeds));
        out.printf("encrypted %s / %s: processor time %s%n", what, what, summary(processor));
    }

    private static String summary(double[] ratios) {
        double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        return String.format(
                Locale.ROOT,
                "median %.2f, half of %d rounds between %.2f and %.2f",
                sorted[last / 2],
                sorted.length,
                sorted[last / 4],
                sorted[last - last / 4]);
    }
}
