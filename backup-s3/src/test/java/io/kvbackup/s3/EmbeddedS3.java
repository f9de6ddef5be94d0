package io.kvbackup.s3;

import com.adobe.testing.s3mock.S3MockApplication;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.s3.S3Client;

/** S3Mock in this process, on loopback: started when first needed, and used by all tests. */
final class EmbeddedS3 {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private EmbeddedS3() {}

    private static final class Holder {
        static final S3MockApplication SERVER = S3MockApplication.start(new HashMap<>(Map.of(
                S3MockApplication.PROP_HTTP_PORT,
                S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_HTTPS_PORT,
                S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_SILENT,
                true,
                "server.address",
                "127.0.0.1")));
        static final S3Client CLIENT = S3Clients.create(connection(), S3Settings.DEFAULTS);
    }

    @SuppressWarnings("deprecation") // its only way to tell the port that it got
    static URI endpoint() {
        return URI.create("http://127.0.0.1:" + Holder.SERVER.getHttpPort());
    }

    static S3Connection connection() {
        return S3Connection.parse(new OptionValues(
                Map.of("endpoint", endpoint().toString(), "accessKey", "test", "secretKey", "not-checked")));
    }

    /** Shared; not to be closed. */
    static S3Client client() {
        return Holder.CLIENT;
    }

    /** A new, empty bucket. */
    static String newBucket() {
        String bucket = "bucket-" + BUCKETS.incrementAndGet();
        client().createBucket(request -> request.bucket(bucket));
        return bucket;
    }
}
