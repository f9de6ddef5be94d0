package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Processes with wrong clocks, some of which pause, are suspended or die: never do two of them hold the lease at once.
 */
class LeaseSimulationTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final List<Contender> contenders = new ArrayList<>();
    private long lastToken;
    private int acquisitions;

    private final class Contender {
        private final VirtualProcess process =
                new VirtualProcess(Instant.ofEpochSecond(random.nextInt(2_000_000_000)), random.nextLong() / 4);
        private LeaseStore leases = new LeaseStore(storage, process.time(), random);
        private Optional<Lease> lease = Optional.empty();
        /** It does nothing, and does not learn that time passes, until then. */
        private int asleepFor;

        void step(Duration time) throws IOException {
            // Monotonic clocks may differ by a hundredth; suspension stops them.
            Duration own = time.multipliedBy(990 + random.nextInt(21)).dividedBy(1000);
            if (asleepFor > 0) {
                asleepFor--;
                if (random.nextBoolean()) {
                    process.pass(own);
                } else {
                    process.suspend(time);
                }
                return;
            }
            process.pass(own);
            switch (random.nextInt(20)) {
                case 0 -> asleepFor = random.nextInt(40);
                case 1 -> {
                    // Not unnoticed between a suspension and the first look at the lease: nobody could tell then.
                    lease.ifPresent(Lease::isHeld);
                    process.setWall(Instant.ofEpochSecond(random.nextInt(2_000_000_000)));
                }
                case 2 -> lease.ifPresent(Lease::close);
                case 3 -> {
                    // Dies, and starts again.
                    leases = new LeaseStore(storage, process.time(), random);
                    lease = Optional.empty();
                }
                default -> work();
            }
        }

        private void work() throws IOException {
            if (lease.isPresent()) {
                try {
                    lease.get().ensureHeld();
                } catch (PreconditionFailedException e) {
                    lease = Optional.empty();
                }
            } else {
                lease = leases.tryAcquire("prune", TTL);
                if (lease.isPresent()) {
                    assertThat(lease.get().token()).as("seed %d", seed).isGreaterThan(lastToken);
                    lastToken = lease.get().token();
                    acquisitions++;
                }
            }
        }

        boolean holds() {
            return lease.isPresent() && lease.get().isHeld();
        }
    }

    @Test
    void neverTwoAtOnce() throws Exception {
        for (int i = 0; i < 4; i++) {
            contenders.add(new Contender());
        }
        for (int step = 0; step < 20_000; step++) {
            Duration time = Duration.ofMillis(random.nextInt(4_000));
            for (Contender contender : contenders) {
                contender.step(time);
            }
            assertThat(contenders.stream().filter(Contender::holds).count())
                    .as("step %d, seed %d", step, seed)
                    .isLessThanOrEqualTo(1);
        }
        assertThat(acquisitions).as("seed %d", seed).isGreaterThan(50);
    }
}
