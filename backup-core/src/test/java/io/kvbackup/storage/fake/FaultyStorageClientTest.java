package io.kvbackup.storage.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultyStorageClientTest {
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final FaultyStorageClient faulty = new FaultyStorageClient(store);

    @Test
    void partialUploadLeavesNothingAndTellsTheContent() throws IOException {
        faulty.next(StorageOperation.UPLOAD, Fault.PARTIAL, Fault.PARTIAL);
        List<Throwable> seen = new ArrayList<>();
        assertThatThrownBy(() -> faulty.upload(
                        "a",
                        out -> {
                            try {
                                out.write(new byte[FaultPlan.CUT]);
                            } catch (IOException e) {
                                seen.add(e);
                                throw e;
                            }
                        },
                        PutCondition.none()))
                .hasMessageContaining("on purpose");
        assertThat(seen).hasSize(1);
        assertThatThrownBy(() -> put("a", 0))
                .as("content that is over too soon")
                .hasMessageContaining("on purpose");
        assertThat(keys(store)).isEmpty();
        assertThat(faulty.struck(Fault.PARTIAL)).isEqualTo(2);
    }

    @Test
    void partialDownloadBreaksOff() throws IOException {
        put("a", FaultPlan.CUT);
        faulty.next(StorageOperation.DOWNLOAD, Fault.PARTIAL);
        try (InputStream in = faulty.download("a", ByteRange.all())) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
        try (InputStream in = faulty.download("a", ByteRange.all())) {
            assertThat(in.readAllBytes()).hasSize(FaultPlan.CUT);
        }
    }

    @Test
    void partialDeletionDeletesHalf() throws IOException {
        put("a", 1);
        put("b", 1);
        faulty.next(StorageOperation.DELETE, Fault.PARTIAL);
        assertThatThrownBy(() -> faulty.delete(List.of("a", "b"))).isInstanceOf(IOException.class);
        assertThat(keys(store)).containsExactly("b");
    }

    @Test
    void staleListingKnowsNothingOfTheLastChanges() throws IOException {
        put("before", 1);
        faulty.next(StorageOperation.LIST, Fault.STALE, Fault.NONE);
        put("new", 1);
        faulty.delete(List.of("before"));
        assertThat(keys(faulty)).containsExactly("before");
        assertThat(keys(faulty)).containsExactly("new");
        assertThat(faulty.stat("before")).as("only listings are stale").isEmpty();
    }

    @Test
    void throttledAndSlowRequests() throws IOException {
        faulty.next(StorageOperation.STAT, Fault.THROTTLED, Fault.SLOW);
        assertThatThrownBy(() -> faulty.stat("a")).hasMessageContaining("503");
        assertThat(faulty.stat("a")).isEmpty();
    }

    @Test
    void theSameSeedFailsTheSameRequests() {
        assertThat(failures(7)).isEqualTo(failures(7)).isNotEqualTo(failures(8));
    }

    private static List<Integer> failures(long seed) {
        FaultyStorageClient random =
                new FaultyStorageClient(new MemoryStorageClient()).failRandomly(seed, FaultMix.of(0.3, Fault.BEFORE));
        List<Integer> failures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try {
                random.stat("a");
            } catch (IOException e) {
                failures.add(i);
            }
        }
        return failures;
    }

    private void put(String key, int size) throws IOException {
        faulty.upload(key, ContentWriter.of(new byte[size]), PutCondition.none());
    }

    private static List<String> keys(StorageClient client) throws IOException {
        try (Stream<StorageObject> objects = client.list("")) {
            return objects.map(StorageObject::key).toList();
        }
    }
}
