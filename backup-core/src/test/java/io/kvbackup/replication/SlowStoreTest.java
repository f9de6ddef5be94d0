package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.TestClock;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is away delays itself alone, and has a base of its own when too much has passed. */
class SlowStoreTest {
    private static final String OWN = ReplicationOptions.OWN_STORE;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FakeLog log = new FakeLog("h", clock);
    private final MemoryStorageClient own = new MemoryStorageClient();
    private final MemoryStorageClient far = new MemoryStorageClient();
    private boolean away;

    private final StorageClient link = new ForwardingStorageClient(far) {
        private void pass() throws IOException {
            if (away) {
                throw new IOException("unreachable");
            }
        }

        @Override
        public Optional<StorageObject> stat(String key) throws IOException {
            pass();
            return super.stat(key);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            pass();
            return super.upload(key, content, condition);
        }
    };

    private VirtualReplica begin(ReplicationOptions options) throws Exception {
        Map<String, StorageClient> stores = new LinkedHashMap<>();
        stores.put(OWN, own);
        stores.put("far", link);
        return new VirtualReplica(clock, log, options, folder, stores).begin();
    }

    private void write(VirtualReplica replica, int seconds) throws Exception {
        for (int i = 0; i < seconds; i++) {
            log.put("k" + i, "v" + log.position());
            replica.pass(Duration.ofSeconds(1));
            replica.settle();
            replica.keepLeases();
            replica.tenure.enforce();
        }
    }

    @Test
    void theOthersGoOnAndItCatchesUp() throws Exception {
        try (VirtualReplica replica = begin(ReplicationOptions.defaults())) {
            write(replica, 3);
            away = true;
            write(replica, 10);

            assertThat(replica.lag(OWN)).isZero();
            assertThat(replica.lag("far")).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
            assertThat(replica.tenure.problems()).containsOnlyKeys("far");

            away = false;
            write(replica, 1);
            String timeline = replica.tenure.line().timeline();
            assertThat(replica.lag("far")).isZero();
            assertThat(replica.tenure.problems()).isEmpty();
            assertThat(VirtualReplica.commits(far, timeline)).isEqualTo(VirtualReplica.commits(own, timeline));
            assertThat(replica.bases).hasSize(2); // one in each store, from the beginning
        }
    }

    @Test
    void ifTooMuchHasPassedItLosesItsPlaceAndGetsABase() throws Exception {
        ReplicationOptions options = ReplicationOptions.builder()
                .spool(1 << 20, Duration.ofSeconds(5))
                .build();
        try (VirtualReplica replica = begin(options)) {
            write(replica, 2);
            away = true;
            write(replica, 20);
            assertThat(replica.tenure.spool.isAnythingWaiting()).isFalse();
            assertThat(replica.lag("far")).isGreaterThanOrEqualTo(Duration.ofSeconds(19));

            away = false;
            write(replica, 3);
            assertThat(replica.lag("far")).isZero();
            assertThat(replica.bases).hasSize(3);
            assertThat(replica.bases.get(2)).startsWith("far ");
            Map<Long, String> there =
                    VirtualReplica.commits(far, replica.tenure.line().timeline());
            assertThat(there).containsKeys(2L, 24L, 25L).doesNotContainKeys(10L, 11L);
        }
    }

    @Test
    void aStoreThatIsAwayAtTheStartJoinsLater() throws Exception {
        away = true;
        try (VirtualReplica replica = begin(ReplicationOptions.defaults())) {
            write(replica, 5);
            assertThat(replica.lag(OWN)).isZero();
            away = false;
            write(replica, 2);
            assertThat(replica.lag("far")).isZero();
            assertThat(replica.bases).hasSize(2);
        }
    }
}
