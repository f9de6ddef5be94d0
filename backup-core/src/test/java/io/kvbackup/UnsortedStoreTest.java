package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stores that list in another order than that of the keys, as directory buckets do. */
class UnsortedStoreTest extends FourBackups {
    private static final int ROUNDS = 20;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final StorageClient unsorted = new ForwardingStorageClient(host.storage) {
        @Override
        public Stream<StorageObject> list(String prefix, String after) throws IOException {
            List<StorageObject> objects =
                    new ArrayList<>(super.list(prefix, after).toList());
            Collections.shuffle(objects, random);
            return objects.stream();
        }
    };

    @Test
    void aStoreThatListsOutOfOrderLosesNothingAndIsTold() throws Exception {
        List<String> before = host.keys();
        try (BackupManager other = host.manager(unsorted)) {
            for (int round = 0; round < ROUNDS; round++) {
                host.pass(PruneHost.GRACE);
                pruneIfItCan(other);

                assertThat(host.keys()).as("seed %d, round %d", seed, round).isEqualTo(before);
            }
            assertThatThrownBy(() -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            other.listBackups();
                        }
                    })
                    .as("seed %d", seed)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("lists")
                    .hasMessageContaining("order");
        }
    }

    private static void pruneIfItCan(BackupManager other) {
        try {
            other.planPrune(PruneHost.last(9)).execute();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("order");
        }
    }
}
