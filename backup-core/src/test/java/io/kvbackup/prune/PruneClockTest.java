package io.kvbackup.prune;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruneClockTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final StorageClient folder = new ForwardingStorageClient(new MemoryStorageClient()) {
        @Override
        public StorageTraits traits() {
            return super.traits().withOwnClock(false);
        }
    };

    /** What others have left in the lease must not end a prune in a way that nobody understands. */
    @ParameterizedTest
    @ValueSource(strings = {"PT9000000000000000000S", "PT-9000000000000000000S", "-PT1S", "soon", "PT0S"})
    void aDoubtThatMakesNoSenseIsNone(String doubt) throws IOException {
        LeaseTime time = new LeaseTime(Clock.fixed(NOW, ZoneOffset.UTC), () -> 0, duration -> {});
        Lease lease = new LeaseStore(folder, time, new Random(1)).acquire("prune", Duration.ofDays(1), Duration.ZERO);
        for (String seen :
                List.of("-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z", "2026-01-01T00:00:00Z")) {
            lease.update(Map.of("pruned-at", seen, "clock-doubted", doubt, "old-archives", "0-0"));

            assertThatCode(() -> new PruneClock(folder, lease, NOW, Duration.ofDays(1)).isTrusted())
                    .as(seen)
                    .doesNotThrowAnyException();
        }
    }
}
