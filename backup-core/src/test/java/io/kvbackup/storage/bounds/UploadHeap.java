package io.kvbackup.storage.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Uploads a stream of unknown length that is much larger than the heap, from a process whose heap is 64 MiB. */
public final class UploadHeap {
    private static final String KEY = "stream";

    private UploadHeap() {}

    /**
     * Fails unless a stream of that many bytes arrives in the store of that URI, which has to be served by another
     * process or this one.
     */
    public static void assertUploaded(String uri, long size) throws IOException, InterruptedException {
        OtherProcess.run(UploadHeap.class, Duration.ofMinutes(20), uri, size);
        try (StorageClient client = StorageClient.open(StorageUri.parse(uri))) {
            assertThat(client.stat(KEY).orElseThrow().size()).isEqualTo(size);
            client.delete(List.of(KEY));
        }
    }

    /** Arguments: the URI of a store, the size of the stream in bytes. */
    public static void main(String[] args) throws IOException {
        long size = Long.parseLong(args[1]);
        long start = System.nanoTime();
        try (StorageClient client =
                new RetryingStorageClient(StorageClient.open(StorageUri.parse(args[0])), RetryPolicy.defaults())) {
            client.upload(KEY, random(size), PutCondition.ifAbsent());
        }
        System.out.printf(
                "%,d bytes uploaded with a heap of %d MiB in %.1f s%n",
                size, Runtime.getRuntime().maxMemory() >> 20, (System.nanoTime() - start) / 1e9);
    }

    private static ContentWriter random(long size) {
        return out -> {
            Random random = new Random(7);
            byte[] block = new byte[64 * 1024];
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        };
    }
}
