package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.TestClock;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process dies at each request of its start, its base and its first segments; the next one goes on. */
class BaseCrashTest {
    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));

    private VirtualReplica replica(FakeLog log, StorageClient store) throws Exception {
        return new VirtualReplica(
                clock, log, ReplicationOptions.defaults(), folder, Map.of(ReplicationOptions.OWN_STORE, store));
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void theNextProcessGoesOn(Moment moment) throws Exception {
        int request = 1;
        while (diesAndGoesOn(request, moment)) {
            request++;
        }
        assertThat(request).isGreaterThan(8);
    }

    /** Returns whether the process has died. */
    private boolean diesAndGoesOn(int request, Moment moment) throws Exception {
        String where = "request " + request + ", " + moment;
        FakeLog log = new FakeLog("h", clock);
        MemoryStorageClient inner = new MemoryStorageClient();
        CountingStorageClient store = new CountingStorageClient(inner).crashAt(request, moment);
        boolean based;
        try (VirtualReplica first = replica(log, store)) {
            try {
                first.begin();
                first.ship();
                log.put("k1", "v1");
                first.settle();
                log.put("k2", "v2");
                first.settle();
                first.store(0).close();
            } catch (CountingStorageClient.Crash e) {
                assertThat(store.isDead()).isTrue();
            }
            based = !first.bases.isEmpty();
        }
        try (VirtualReplica second = replica(log, inner)) {
            try {
                second.begin();
            } catch (IOException e) {
                second.pass(StoreLog.TTL); // the dead one's lease
                second.begin();
            }
            long last = log.put("last", "x");
            second.settle();

            assertThat(second.lag(ReplicationOptions.OWN_STORE)).as(where).isZero();
            assertThat(based || second.bases.size() == 1)
                    .as(where + ": has a base")
                    .isTrue();
            assertThat(VirtualReplica.commits(inner, second.tenure.line().timeline()))
                    .as(where)
                    .containsEntry(last, "last=x");
            for (String timeline : VirtualReplica.timelines(inner)) {
                VirtualReplica.commits(inner, timeline)
                        .forEach((position, text) -> assertThat(text)
                                .as(where)
                                .isEqualTo(position == last ? "last=x" : "k" + position + "=v" + position));
            }
        }
        return store.isDead();
    }
}
