package io.kvbackup.gcs;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.bounds.UploadHeap;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UploadHeapTest {
    private static final String BUCKET = "bucket";

    @Test
    @Tag("thorough")
    void fourTimesTheHeap() throws Exception {
        assertUploaded(1L << 28);
    }

    @Test
    @Tag("soak")
    void sixteenTimesTheHeap() throws Exception {
        assertUploaded(1L << 30);
    }

    /** The server has the content in memory, so it is in a process of its own. */
    private static void assertUploaded(long size) throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx6g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadHeapTest.class.getName())
                .inheritIO()
                .redirectOutput(Redirect.PIPE)
                .start();
        try (BufferedReader out = server.inputReader()) {
            UploadHeap.assertUploaded(uri(out.readLine()), size);
        } finally {
            server.destroy();
        }
    }

    private static String uri(String endpoint) {
        return "gs://" + BUCKET + "?endpoint=" + endpoint;
    }

    /** Serves until it is killed, and prints where. */
    public static void main(String[] args) throws Exception {
        try (GcsServer server = GcsServer.start(BUCKET)) {
            System.out.println(server.endpoint());
            new CountDownLatch(1).await();
        }
    }
}
