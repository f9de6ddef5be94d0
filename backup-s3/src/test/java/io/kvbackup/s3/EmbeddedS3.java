package io.kvbackup.s3;

import com.adobe.testing.s3mock.S3MockApplication;
import io.kvbackup.objectstore.OptionValues;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;
import software.amazon.awssdk.services.s3.S3Client;

/** S3Mock in this process, on loopback: started when first needed, and used by all tests. */
final class EmbeddedS3 {
    private static final String LOOPBACK = "127.0.0.1";
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private EmbeddedS3() {}

    private static final class Holder {
        static final S3MockApplication SERVER = S3MockApplication.start(new HashMap<>(settings()));
        static final S3Client CLIENT = create(S3Settings.DEFAULTS);
    }

    private static Map<String, Object> settings() {
        return Map.ofEntries(
                Map.entry(S3MockApplication.PROP_HTTP_PORT, S3MockApplication.RANDOM_PORT),
                Map.entry(S3MockApplication.PROP_HTTPS_PORT, S3MockApplication.RANDOM_PORT),
                Map.entry(S3MockApplication.PROP_SILENT, true),
                Map.entry("server.address", LOOPBACK),
                Map.entry("server.shutdown", "immediate"),
                Map.entry("spring.main.sources", OnlyLoopback.class.getName()));
    }

    /** The server has a connector of its own for HTTP, to which {@code server.address} does not apply. */
    static final class OnlyLoopback implements BeanPostProcessor {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof Connector connector) {
                connector.setProperty("address", LOOPBACK);
            }
            return bean;
        }
    }

    @SuppressWarnings("deprecation") // its only way to tell the port that it got
    static URI endpoint() {
        return URI.create("http://" + LOOPBACK + ":" + Holder.SERVER.getHttpPort());
    }

    static S3Connection connection() {
        return connection(endpoint());
    }

    /** How to reach it at that address, which may be the one of a proxy before it. */
    static S3Connection connection(URI endpoint) {
        return S3Connection.parse(new OptionValues(
                Map.of("endpoint", endpoint.toString(), "accessKey", "test", "secretKey", "not-checked")));
    }

    /** The caller closes it. */
    static S3Client create(S3Settings settings) {
        return new MockedS3Client(S3Clients.create(connection(), settings));
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
