package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.PackRecord;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that was killed leaves packs; the next one goes on where it was. */
class OrphanTest {
    /** Of these, frames that are open count with their plain bytes, so packs are shorter. */
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
        host.restart(new Dying(host.store, packs));
        assertThatThrownBy(host::backup).isInstanceOf(Killed.class);
        host.restart();
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Dying extends ForwardingStorageClient {
        private int left;

        Dying(StorageClient delegate, int packs) {
            super(delegate);
            left = packs;
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            if (left-- == 0) {
                throw new Killed();
            }
            return super.upload(key, content, condition);
        }
    }

    @Test
    void theFirstBackupGoesOnWhereItWasKilled() throws IOException {
        host.putOrders(0, 20_000, 0);
        kill(20);
        long orphans = host.packBytes();
        assertThat(orphans).isGreaterThan(200_000);

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
        for (int i = 1; i <= 3; i++) {
            kill(2);
            assertThat(host.packs()).as("goes on by two packs").hasSize(2 * i);
        }
        host.restart();

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes()).isLessThanOrEqualTo(packBytesOfFresh() + 3 * PACK);
    }

    /** A digest that is taken of damage would vouch for it for ever. */
    @Test
    void anOrphanThatWasDamagedSinceIsNotTakenOver() throws IOException {
        host.putOrders(0, 20_000, 0);
        kill(8);
        String damaged = host.sizes("packs/").keySet().iterator().next();
        byte[] pack;
        try (InputStream in = host.store.download(damaged, ByteRange.all())) {
            pack = in.readAllBytes();
        }
        pack[pack.length / 3] ^= 1;
        host.store.upload(damaged, ContentWriter.of(pack), PutCondition.none());

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.manifest(backup).packs())
                .extracting(PackRecord::name)
                .as("the other orphans are named")
                .doesNotContain(damaged)
                .hasSizeGreaterThan(7);
    }

    @Test
    void aLaterBackupGoesOnToo() throws IOException {
        host.putOrders(0, 5_000, 0);
        host.backup();
        long first = host.packBytes();
        host.putOrders(0, 20_000, 1);
        kill(20);
        long before = host.packBytes();

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes() - before).as("the rest").isLessThan(packBytesOfFresh() - (before - first) + PACK);
    }

    @Test
    void oldOrphansAreLeftToPrunes() throws IOException {
        host.putOrders(0, 20_000, 0);
        kill(6);
        host.clock.now = host.clock.now.plus(TreeHost.GRACE).plus(Duration.ofHours(1));
        var orphans = host.sizes("packs/").keySet();

        Backup backup = host.backup();

        assertThat(host.manifest(backup).packs())
                .extracting(pack -> pack.name())
                .doesNotContainAnyElementsOf(orphans);
    }

    @Test
    void encryptedOrphansOfALineageThatHasABackupAreTakenOver() throws IOException {
        host.encrypt(EncryptionKeys.ofPassword("correct horse battery staple".toCharArray()));
        host.putOrders(0, 5_000, 0);
        host.backup();
        host.putOrders(0, 20_000, 1);
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
