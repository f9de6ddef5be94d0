package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that was killed leaves packs; the next one goes on where it was. */
class OrphanTest {
    private static final long PACK = 64 << 10;

    @TempDir
    private Path folder;

    private TreeHost host;

    @BeforeEach
    void open() {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.packBytes = PACK;
        host.restart();
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** Kills a backup when it has put so many packs into the store. */
    private void kill(int packs) {
        CountingStorageClient dying = new CountingStorageClient(host.store);
        // Two listings first, and one more for backups of all databases.
        host.restart(dying.crashAt(3 + packs, Moment.AFTER));
        assertThatThrownBy(host::backup).isInstanceOf(Crash.class);
        host.restart();
    }

    @Test
    void theFirstBackupGoesOnWhereItWasKilled() throws IOException {
        host.putOrders(0, 20_000, 0);
        kill(6);
        long orphans = host.packBytes();
        assertThat(orphans).isGreaterThan(5 * PACK);

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes()).isLessThanOrEqualTo(packBytesOfFresh() + PACK);
        assertThat(host.manifest(backup).packs().stream()
                        .mapToLong(pack -> pack.stored().bytes())
                        .sum())
                .as("all orphans are named")
                .isGreaterThanOrEqualTo(host.packBytes() - PACK);
    }

    private long packBytesOfFresh() throws IOException {
        try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            fresh.packBytes = PACK;
            fresh.restart();
            fresh.items.putAll(host.items);
            fresh.backup();
            return fresh.packBytes();
        }
    }

    @Test
    void killedAgainAndAgainItComesToAnEnd() throws IOException {
        host.putOrders(0, 20_000, 0);
        for (int i = 0; i < 3; i++) {
            CountingStorageClient dying = new CountingStorageClient(host.store);
            int before = host.packs().size();
            // The footer of each orphan is one request more, and its nodes are another.
            host.restart(dying.crashAt(3 + 2 * before + 2, Moment.AFTER));
            assertThatThrownBy(host::backup).isInstanceOf(Crash.class);
            assertThat(host.packs().size()).isGreaterThanOrEqualTo(before);
        }
        host.restart();

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes()).isLessThanOrEqualTo(packBytesOfFresh() + 3 * PACK);
    }

    @Test
    void aLaterBackupGoesOnToo() throws IOException {
        host.putOrders(0, 5_000, 0);
        host.backup();
        host.putOrders(0, 20_000, 1);
        kill(4);
        long before = host.packBytes();

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes() - before).as("the rest").isLessThan(packBytesOfFresh() - 2 * PACK);
    }

    @Test
    void oldOrphansAreLeftToPrunes() throws IOException {
        host.putOrders(0, 20_000, 0);
        kill(6);
        host.clock.now = host.clock.now.plus(TreeHost.GRACE).plus(Duration.ofHours(1));
        var orphans = host.sizes("packs/").keySet();

        Backup backup = host.backup();

        assertThat(host.manifest(backup).packs()).extracting(pack -> pack.name()).doesNotContainAnyElementsOf(orphans);
    }

    @Test
    void encryptedOrphansOfALineageThatHasABackupAreTakenOver() throws IOException {
        host.encrypt(EncryptionKeys.ofPassword("correct horse battery staple".toCharArray()));
        host.putOrders(0, 5_000, 0);
        host.backup();
        host.putOrders(0, 20_000, 1);
        host.packBytes = PACK;
        kill(4);
        var orphans = host.sizes("packs/").keySet();

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.manifest(backup).packs().stream()
                        .filter(pack -> orphans.contains(pack.name()))
                        .count())
                .isGreaterThan(2);
    }
}
