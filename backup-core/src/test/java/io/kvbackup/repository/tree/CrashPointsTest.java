package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every request of a backup is a point at which the process may die, or the reply be lost. */
class CrashPointsTest {
    @TempDir
    private Path folder;

    private static final int ENTRIES = 1_000;

    /** A store with a backup, and changes since. */
    private TreeHost begun() throws IOException {
        TreeHost host = new TreeHost(new MemoryStorageClient(), folder);
        host.packBytes = 16 << 10;
        host.restart();
        host.putOrders(0, ENTRIES, 0);
        host.backup();
        host.putOrders(300, 600, 1);
        return host;
    }

    private int requests() throws IOException {
        try (TreeHost host = begun()) {
            CountingStorageClient counting = new CountingStorageClient(host.store);
            host.restart(counting);
            host.backup();
            return counting.total();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void afterADeathWhatIsListedReadsAndTheNextBackupIsWhole(Moment moment) throws IOException {
        int requests = requests();
        assertThat(requests).isBetween(8, 40);
        for (int request = 1; request <= requests; request++) {
            try (TreeHost host = begun()) {
                NavigableMap<String, String> expected = new TreeMap<>(host.items);
                CountingStorageClient dying = new CountingStorageClient(host.store).crashAt(request, moment);
                host.restart(dying);
                try {
                    host.backup();
                } catch (Crash | IOException e) {
                    // As wanted; a death on another thread may show as a failure.
                }
                assertThat(dying.isDead()).as("request %d", request).isTrue();
                for (Backup listed : new BackupCatalog(host.store, host.keys).list("orders")) {
                    if (listed.hasManifest()) {
                        assertThat(host.read(listed))
                                .as("request %d, %s", request, moment)
                                .hasSize(ENTRIES);
                    }
                }
                host.restart();
                Backup next = host.backup();
                assertThat(host.read(next))
                        .as("request %d, %s", request, moment)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UPLOAD", "LIST", "DOWNLOAD"})
    @Tag("thorough")
    void aLostReplyIsNoFailure(StorageOperation operation) throws IOException {
        int requests = requests();
        for (int lost = 0; lost < Math.min(10, requests); lost++) {
            try (TreeHost host = begun()) {
                FaultyStorageClient faulty = new FaultyStorageClient(host.store);
                Fault[] faults = new Fault[lost + 1];
                Arrays.fill(faults, Fault.NONE);
                faults[lost] = Fault.AFTER;
                faulty.next(operation, faults);
                RetryPolicy quick = RetryPolicy.defaults().withDelays(Duration.ofNanos(1), Duration.ofNanos(1), 0);
                try (RetryingStorageClient retrying = new RetryingStorageClient(faulty, quick)) {
                    host.restart(retrying);
                    Backup backup = host.backup();
                    assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
                }
            }
        }
    }

    @Test
    void everyPackOfTheManifestIsThere() throws IOException {
        try (TreeHost host = begun()) {
            Backup backup = host.backup();
            Map<String, Long> there = host.sizes("packs/");
            assertThat(host.manifest(backup).packs())
                    .allSatisfy(pack -> assertThat(there.get(pack.name()))
                            .isEqualTo(pack.stored().bytes()));
        }
    }
}
