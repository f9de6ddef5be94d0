package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Prunes of stores that answer, but take their time, or do not know every request. */
class SlowStorePruneTest {
    /** As long as one attempt may take under the lease. */
    private static final Duration ATTEMPT = Duration.ofSeconds(10);

    private static final String LEASE = "leases/prune.json";

    private final PruneHost host = new PruneHost();

    private void orphans(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String key = "backups/orders/2026-10-20T11:%02d:%02d.000Z.cbor.zst".formatted(i / 60, i % 60);
            host.storage.upload(key, ContentWriter.of("{}".getBytes(UTF_8)), PutCondition.none());
        }
        host.pass(PruneHost.GRACE.plusHours(1));
    }

    /** As a store without batches has it, or a folder in a network: one after the other, be it there or not. */
    @Test
    void manyDeletionsThatTakeTheirTimeFitIntoTheLease() throws IOException {
        ForwardingStorageClient oneByOne = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                Duration spent = Duration.ZERO;
                for (String key : keys) {
                    spent = spent.plusMillis(300);
                    if (spent.compareTo(ATTEMPT) > 0) {
                        throw new IOException("the store did not answer for " + ATTEMPT);
                    }
                    super.delete(java.util.List.of(key));
                }
                host.pass(spent);
            }
        };
        orphans(600);
        try (BackupManager manager = host.manager(oneByOne)) {
            PruneReport report = manager.planPrune(PruneHost.last(1)).execute();

            assertThat(report.collected()).hasSize(600);
            assertThat(host.keys()).isEmpty();
        }
    }

    @Test
    void aListingThatTakesLongerThanTheLeaseKeepsIt() throws IOException {
        ForwardingStorageClient longListing = new ForwardingStorageClient(host.storage) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                int[] count = {0};
                return super.list(prefix, after).peek(object -> {
                    if (count[0]++ % 1_000 == 0) {
                        host.pass(Duration.ofSeconds(15));
                    }
                });
            }
        };
        orphans(2_500);
        try (BackupManager manager = host.manager(longListing)) {
            assertThat(manager.planPrune(PruneHost.last(1)).execute().collected())
                    .hasSize(2_500);
        }
    }

    /** As when a client repeats the request for one page for minutes: no object comes meanwhile. */
    @Test
    void aPageThatTakesLongerThanTheLeaseKeepsIt() throws IOException {
        ForwardingStorageClient slowPage = new ForwardingStorageClient(host.storage) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                for (int i = 0; i < 3 && host.storage.stat(LEASE).isPresent(); i++) {
                    Optional<StorageObject> before = host.storage.stat(LEASE);
                    host.pass(Duration.ofSeconds(11));
                    Awaitility.await("renewal")
                            .until(() -> !host.storage.stat(LEASE).equals(before));
                }
                return super.list(prefix, after);
            }
        };
        orphans(1);
        try (BackupManager manager = host.manager(slowPage)) {
            assertThat(manager.planPrune(PruneHost.last(1)).execute().collected())
                    .hasSize(1);
        }
    }

    @Test
    void remainsThatCannotBeRemovedDoNotThrowAwayAFinishedPrune() throws IOException {
        ForwardingStorageClient failing = new ForwardingStorageClient(host.storage) {
            @Override
            public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
                throw new IOException("500 InternalError: what uploads?");
            }
        };
        try (BackupManager manager = host.manager(failing)) {
            Backup old = host.backup(manager, 1);
            host.backup(manager, 2);

            assertThat(manager.planPrune(PruneHost.last(1)).execute().removed())
                    .extracting(Backup::objectName)
                    .containsExactly(old.objectName());
        }
    }

    @Test
    void anInterruptEndsThePruneAllTheSame() throws IOException {
        ForwardingStorageClient interrupted = new ForwardingStorageClient(host.storage) {
            @Override
            public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
                throw new InterruptedIOException("interrupted");
            }
        };
        try (BackupManager manager = host.manager(interrupted)) {
            host.backup(manager, 1);
            PrunePlan plan = manager.planPrune(PruneHost.last(1));

            assertThatThrownBy(plan::execute).isInstanceOf(InterruptedIOException.class);
        }
    }
}
