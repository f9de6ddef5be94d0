package io.kvbackup.examples;

import com.adobe.testing.s3mock.S3MockApplication;
import java.io.Closeable;
import java.util.Map;

/** An S3 store inside this process, reachable from this machine only. For trying things out; it checks no credentials. */
public final class LoopbackS3 implements Closeable {
    static final String BUCKET = "kvbackup-example";

    private final S3MockApplication server;

    private LoopbackS3(S3MockApplication server) {
        this.server = server;
    }

    public static LoopbackS3 start() {
        return new LoopbackS3(S3MockApplication.start(Map.of(
                "server.address", "127.0.0.1",
                S3MockApplication.PROP_HTTPS_PORT, S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_HTTP_PORT, S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_SILENT, true,
                "com.adobe.testing.s3mock.store.initialBuckets", BUCKET)));
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getHttpPort();
    }

    /** What a host gives to {@code BackupManager.builder().storage(…)}. */
    public String uri() {
        return "s3://" + BUCKET + "/backups?endpoint=" + endpoint()
                + "&region=us-east-1&pathStyle=true&accessKey=example&secretKey=example";
    }

    @Override
    public void close() {
        server.stop();
    }
}
