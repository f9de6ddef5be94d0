package io.kvbackup.s3;

import static org.awaitility.Awaitility.await;

import io.kvbackup.faults.FaultySite;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.ProxyExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket of a server that all sites share. */
abstract class S3FaultySite implements FaultySite {
    static final S3Settings SETTINGS = ScriptedS3.settings(
            builder -> builder.partSize(PartSizes.MIN).timeouts(Duration.ofSeconds(2), Duration.ofSeconds(4)));

    private final URI server;
    private final S3Client shared;
    private final String bucket;
    private final StorageClient honest;

    /** @param shared without faults; stays open */
    S3FaultySite(URI server, S3Client shared, String bucket) throws IOException {
        this.server = server;
        this.shared = shared;
        this.bucket = bucket;
        this.honest = S3StorageClient.of(shared, bucket, "");
    }

    /** A client of the server that is reached by way of that address, with {@link #SETTINGS}; closed with the run. */
    abstract S3Client client(URI endpoint);

    @Override
    public URI server() {
        return server;
    }

    @Override
    public StorageClient honest() {
        return honest;
    }

    @Override
    public StorageClient connect(URI endpoint) throws IOException {
        return S3StorageClient.builder(client(endpoint), bucket)
                .settings(SETTINGS)
                .owning()
                .build();
    }

    @Override
    public int largeBytes() {
        return (int) (2 * PartSizes.MIN) + (1 << 20) + 7;
    }

    @Override
    public int unfinishedUploads() {
        return uploads().size();
    }

    private List<MultipartUpload> uploads() {
        return shared.listMultipartUploads(request -> request.bucket(bucket)).uploads();
    }

    @Override
    public int excused(ProxyExchange exchange) {
        boolean opens = exchange.request().method().equals("POST")
                && exchange.request().target().contains("?uploads");
        return opens && exchange.fault().mayHideSuccess() ? 1 : 0;
    }

    /**
     * Servers that keep everything in memory have room for the next one. What a client has sent before it was gone may
     * arrive while the bucket is emptied.
     */
    @Override
    public void close() throws IOException {
        honest.close();
        await().ignoreExceptionsMatching(e -> e instanceof S3Exception refusal && refusal.statusCode() == 409)
                .until(() -> {
                    removeBucket();
                    return true;
                });
    }

    private void removeBucket() {
        for (MultipartUpload upload : uploads()) {
            shared.abortMultipartUpload(
                    abort -> abort.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
        }
        for (S3Object object : shared.listObjectsV2(list -> list.bucket(bucket)).contents()) {
            shared.deleteObject(delete -> delete.bucket(bucket).key(object.key()));
        }
        shared.deleteBucket(delete -> delete.bucket(bucket));
    }
}
