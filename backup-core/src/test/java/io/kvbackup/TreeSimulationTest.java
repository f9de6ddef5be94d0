package io.kvbackup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever hosts do beside each other, and wherever they die: what is listed is whole, and what is needed stays. */
class TreeSimulationTest {
    private static final int STEPS = 25;

    @TempDir
    private Path temporary;

    @Test
    void hostsOnOneStore() {
        run(8);
    }

    @Test
    @Tag("thorough")
    void moreHostsOnOneStore() {
        run(12);
    }

    @Test
    @Tag("soak")
    void manyHostsOnOneStore() {
        run(10_000);
    }

    private void run(int seeds) {
        Long one = Long.getLong("kvbackup.trees.seed");
        long first = one == null ? new Random().nextInt(1_000_000_000) : one;
        int count = one == null ? Integer.getInteger("kvbackup.trees.runs", seeds) : 1;
        for (long seed = first; seed < first + count; seed++) {
            run(seed);
        }
        System.out.println("TreeSimulation: " + count + " seeds from " + first);
    }

    private void run(long seed) {
        String log = "";
        try (TreeSimulation simulation = new TreeSimulation(seed, temporary)) {
            try {
                simulation.run(STEPS);
            } finally {
                log = simulation.log();
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " (replay with -Dkvbackup.trees.seed=" + seed + "): " + e + "\n  " + log, e);
        }
    }
}
