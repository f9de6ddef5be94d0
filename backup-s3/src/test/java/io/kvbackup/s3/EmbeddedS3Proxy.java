package io.kvbackup.s3;

import io.kvbackup.objectstore.OptionValues;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * S3Proxy in this process, on loopback, with objects in memory: started when first needed, and used by all tests.
 * Unlike S3Mock it checks signatures.
 */
final class EmbeddedS3Proxy {
    private static final String ACCESS_KEY = "access";
    private static final String SECRET_KEY = "checked-by-the-server";
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private EmbeddedS3Proxy() {}

    private static final class Holder {
        static final S3Proxy SERVER = start();
        static final S3Client CLIENT = S3Clients.create(connection(endpoint()), S3Settings.DEFAULTS);
    }

    private static S3Proxy start() {
        S3Proxy server = S3Proxy.builder()
                .blobStore(BlobStores.create("transient-nio2", new Properties()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .metricsEnabled(false)
                .build();
        try {
            server.start();
            return server;
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy does not start", e);
        }
    }

    static URI endpoint() {
        return URI.create("http://127.0.0.1:" + Holder.SERVER.getPort());
    }

    /** How to reach it at that address, which may be the one of a proxy before it. */
    static S3Connection connection(URI endpoint) {
        return S3Connection.parse(new OptionValues(
                Map.of("endpoint", endpoint.toString(), "accessKey", ACCESS_KEY, "secretKey", SECRET_KEY)));
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
