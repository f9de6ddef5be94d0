package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.format.PackRecord;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I7: what the backup before claims to be there is looked for, and stored again from the live data if it is not. */
class HealTest {
    @TempDir
    private Path folder;

    private TreeHost host;

    @BeforeEach
    void open() throws IOException {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.packBytes = 128 << 10;
        host.restart();
        host.putOrders(0, 6_000, 0);
        host.backup();
        host.putOrders(3_000, 3_500, 1);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private enum Fault {
        DELETED,
        TRUNCATED,
        MARKED_AS_REMOVED,
        MARKED_AS_FAILED,
        NODES_DAMAGED;

        void strike(StorageClient store, String pack) throws IOException {
            switch (this) {
                case DELETED -> store.delete(List.of(pack));
                case TRUNCATED -> {
                    byte[] bytes = read(store, pack);
                    put(store, pack, Arrays.copyOf(bytes, bytes.length - 1));
                }
                case MARKED_AS_REMOVED -> put(store, pack + ".removed.2026-11-20T12:00:00.000Z", new byte[0]);
                case MARKED_AS_FAILED -> put(store, pack + ".failed.2026-11-20T12:00:00.000Z", new byte[0]);
                case NODES_DAMAGED -> {
                    byte[] bytes = read(store, pack);
                    // Nodes stand together at the end, before the footer.
                    for (int at = bytes.length * 97 / 100; at < bytes.length; at++) {
                        bytes[at] ^= 1;
                    }
                    put(store, pack, bytes);
                }
            }
        }

        private static byte[] read(StorageClient store, String key) throws IOException {
            try (var in = store.download(key, ByteRange.all())) {
                return in.readAllBytes();
            }
        }

        private static void put(StorageClient store, String key, byte[] bytes) throws IOException {
            store.upload(key, ContentWriter.of(bytes), PutCondition.none());
        }
    }

    private Set<String> packs(Backup backup) throws IOException {
        Set<String> names = new HashSet<>();
        host.manifest(backup).packs().stream().map(PackRecord::name).forEach(names::add);
        return names;
    }

    @ParameterizedTest
    @EnumSource
    void theNextBackupStoresAgainWhatIsGoneOrDamaged(Fault fault) throws IOException {
        for (String pack :
                host.packs().stream().map(each -> each.key()).limit(6).toList()) {
            Backup before = host.backup();
            if (!packs(before).contains(pack)) {
                continue;
            }
            fault.strike(host.store, pack);
            if (pack.hashCode() % 2 == 0) {
                host.restart();
            }

            Backup healed = host.backup();

            if (fault != Fault.NODES_DAMAGED) {
                // Damage is met only where nodes are still needed.
                assertThat(packs(healed)).as("%s", fault).doesNotContain(pack);
            }
            assertThat(host.read(healed)).isEqualTo(new TreeMap<>(host.items));
            assertThat(host.root(healed)).as("content is the same").isEqualTo(rootOfFresh());
        }
    }

    private io.kvbackup.format.tree.Digest rootOfFresh() throws IOException {
        try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            fresh.items.putAll(host.items);
            return fresh.root(fresh.backup());
        }
    }

    @Test
    void allPacksGoneIsAFullBackup() throws IOException {
        host.store.delete(host.packs().stream().map(each -> each.key()).toList());

        Backup healed = host.backup();

        assertThat(host.read(healed)).isEqualTo(new TreeMap<>(host.items));
    }

    @Test
    void aParentThatCannotBeReadIsPassedOver() throws IOException {
        Backup second = host.backup();
        host.store.upload(second.objectName(), ContentWriter.of(new byte[3]), PutCondition.none());
        long stored = host.packBytes();
        host.restart();

        Backup third = host.backup();

        assertThat(host.read(third)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes() - stored)
                .as("the backup before that serves")
                .isLessThan(stored / 4);
    }

    /** Strikes just before the packs are listed for the given time. */
    private static StorageClient striking(StorageClient store, int listing, Fault fault, String pack) {
        AtomicInteger listings = new AtomicInteger();
        return new ForwardingStorageClient(store) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                if (prefix.startsWith("packs/") && listings.incrementAndGet() == listing) {
                    fault.strike(store, pack);
                }
                return super.list(prefix, after);
            }

            @Override
            public StorageTraits traits() {
                return super.traits().withOwnClock(false); // so that the backup looks once more when it has a manifest
            }
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETED", "TRUNCATED", "MARKED_AS_REMOVED", "MARKED_AS_FAILED"})
    void aPackThatVanishesDuringABackupIsStoredAgainByTheSameBackup(Fault fault) throws IOException {
        for (int listing = 2; listing <= 3; listing++) {
            String pack = packs(host.backup()).iterator().next();
            host.putOrders(0, 1, listing);
            host.restart(striking(host.store, listing, fault, pack));

            Backup healed = host.backup();

            assertThat(packs(healed)).as("%s before listing %s", fault, listing).doesNotContain(pack);
            assertThat(host.read(healed)).isEqualTo(new TreeMap<>(host.items));
            host.restart();
        }
    }
}
