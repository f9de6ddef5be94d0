package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.RetryingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams of unknown length that are much larger than the heap, which is 64 MiB here. */
class UploadHeapTest {
    @Test
    void fourTimesTheHeap() throws Exception {
        assertUploaded(256L << 20);
    }

    @Test
    @Tag("soak")
    void sixteenTimesTheHeap() throws Exception {
        assertUploaded(1L << 30);
    }

    private static void assertUploaded(long size) throws Exception {
        String bucket = EmbeddedS3.newBucket();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadHeapTest.class.getName(),
                        "s3://" + bucket + "?endpoint=" + EmbeddedS3.endpoint() + "&accessKey=test&secretKey=test",
                        String.valueOf(size))
                .inheritIO()
                .start();
        assertThat(process.waitFor(20, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(EmbeddedS3.client()
                        .headObject(request -> request.bucket(bucket).key("stream"))
                        .contentLength())
                .isEqualTo(size);
    }

    /** Arguments: the URI of a store, the size of the stream in bytes. */
    public static void main(String[] args) throws IOException {
        long size = Long.parseLong(args[1]);
        long start = System.nanoTime();
        try (StorageClient client =
                new RetryingStorageClient(StorageClient.open(StorageUri.parse(args[0])), RetryPolicy.defaults())) {
            client.upload("stream", random(size), PutCondition.ifAbsent());
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
