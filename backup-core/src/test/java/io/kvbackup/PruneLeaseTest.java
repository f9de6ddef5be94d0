package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.prune.PrunePlan;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One prune at a time, and none goes on without its lease. */
class PruneLeaseTest extends FourBackups {
    @Test
    void oneAtATime() throws Exception {
        LeaseTime frozen = new LeaseTime(host.clock, () -> 0, pause -> {});
        LeaseStore leases = new LeaseStore(host.storage, frozen, new Random(1));
        var held = leases.tryAcquire("prune", Duration.ofSeconds(30)).orElseThrow();
        StorageClient renewing = new ForwardingStorageClient(host.storage) {
            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                if (key.equals("leases/prune.json") && held.isHeld()) {
                    held.renew();
                }
                return super.stat(key);
            }
        };
        try (BackupManager other = host.manager(renewing)) {
            PrunePlan plan = other.planPrune(PruneHost.last(1));
            // The other's clock stands still, so that it never loses the lease by itself.
            TestClock clock = host.clock;
            Instant before = clock.instant();
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("prune");
            assertThat(Duration.between(before, clock.instant())).isLessThan(Duration.ofMinutes(2));
        }
        assertThat(listed()).hasSize(4);
    }

    @Test
    void aPruneThatIsHeldUpStopsBeforeItRemovesAnything() throws Exception {
        StorageClient slow = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                if (key.contains(".removed.")) {
                    host.pass(Duration.ofMinutes(5));
                }
                return written;
            }

            @Override
            public void delete(Collection<String> keys) throws IOException {
                assertThat(keys).isEmpty();
            }
        };
        try (BackupManager other = host.manager(slow)) {
            PrunePlan plan = other.planPrune(PruneHost.last(1));
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("lost");
        }
        assertThat(listed()).hasSize(4);
        assertThat(prune(1).removed()).hasSize(3);
    }

    /** The lease is lost while a delete hangs: the next attempt must not take what somebody has kept meanwhile. */
    @Test
    void aDeleteIsNotRepeatedWhenTheLeaseIsLost() throws Exception {
        List<String> sent = new ArrayList<>();
        StorageClient hanging = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                sent.addAll(keys);
                if (sent.size() == keys.size()) {
                    host.pass(Duration.ofSeconds(31));
                    manager.marks().pin(name(0));
                    throw new IOException("connection reset");
                }
                super.delete(keys);
            }
        };
        try (BackupManager other = host.manager(hanging)) {
            PrunePlan plan = other.planPrune(PruneHost.last(3));
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("lost");
        }
        assertThat(sent).containsExactly(name(0) + ".manifest.json");
        assertThat(host.keys()).contains(name(0) + ".manifest.json", name(0) + ".pinned");
        assertThat(host.restored(manager, name(0))).isEqualTo("0");
    }

    @Test
    void aDeleteThatFailsIsRepeatedWhileTheLeaseIsHeld() throws Exception {
        AtomicReference<String> failure = new AtomicReference<>("connection reset");
        StorageClient failing = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                String reason = failure.getAndSet(null);
                if (reason != null) {
                    throw new IOException(reason);
                }
                super.delete(keys);
            }
        };
        try (BackupManager other = host.manager(failing)) {
            assertThat(other.planPrune(PruneHost.last(3)).execute().removed()).hasSize(1);
        }
        assertThat(listed()).hasSize(3);
    }
}
