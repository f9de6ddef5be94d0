package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.RetryingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams of unknown length that are much larger than the heap, which is 64 MiB here. */
class UploadHeapTest {
    private static final String BUCKET = "bucket";

    @Test
    void twiceTheHeap() throws Exception {
        try (GcsServer server = GcsServer.start(BUCKET)) {
            assertUploaded(server.endpoint(), 128L << 20);
        }
    }

    /** The server has the content in memory, so it is in a process of its own. */
    @Test
    @Tag("soak")
    void sixteenTimesTheHeap() throws Exception {
        Process server = java("-Xmx5g", "server").redirectOutput(Redirect.PIPE).start();
        try (BufferedReader out = server.inputReader()) {
            assertUploaded(out.readLine(), 1L << 30);
        } finally {
            server.destroy();
        }
    }

    private static ProcessBuilder java(String heap, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                UploadHeapTest.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).inheritIO();
    }

    private static void assertUploaded(String endpoint, long size) throws Exception {
        String uri = "gs://" + BUCKET + "?endpoint=" + endpoint;
        Process process = java("-Xmx64m", uri, String.valueOf(size)).start();
        assertThat(process.waitFor(20, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        try (StorageClient client = StorageClient.open(StorageUri.parse(uri))) {
            assertThat(client.stat("stream").orElseThrow().size()).isEqualTo(size);
        }
    }

    private static void serve() throws Exception {
        try (GcsServer server = GcsServer.start(BUCKET)) {
            System.out.println(server.endpoint());
            new CountDownLatch(1).await();
        }
    }

    /** Arguments: the URI of a store and the size of the stream in bytes; or {@code server}. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("server")) {
            serve();
        }
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
