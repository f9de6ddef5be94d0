package io.kvbackup;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever clocks show, nothing is lost that somebody needs, and what nobody needs goes. */
class ClockSimulationTest {
    private static final int STEPS = 40;

    @ParameterizedTest(name = "folder {0}")
    @ValueSource(booleans = {false, true})
    void hostsWithWrongClocks(boolean folder) {
        run(6, folder);
    }

    @ParameterizedTest(name = "folder {0}")
    @ValueSource(booleans = {false, true})
    @Tag("thorough")
    void moreHostsWithWrongClocks(boolean folder) {
        run(20, folder);
    }

    @ParameterizedTest(name = "folder {0}")
    @ValueSource(booleans = {false, true})
    @Tag("soak")
    void manyHostsWithWrongClocks(boolean folder) {
        run(3_000, folder);
    }

    private static void run(int seeds, boolean folder) {
        Long one = Long.getLong("kvbackup.clocks.seed");
        long first = one == null ? new Random().nextInt(1_000_000_000) : one;
        for (long seed = first; seed < first + (one == null ? seeds : 1); seed++) {
            try (ClockSimulation simulation = new ClockSimulation(seed, folder)) {
                simulation.run(STEPS);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " (replay with -Dkvbackup.clocks.seed=" + seed + "): " + e.getMessage(), e);
            }
        }
    }
}
