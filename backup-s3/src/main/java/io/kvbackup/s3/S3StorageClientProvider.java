package io.kvbackup.s3;

import io.kvbackup.objectstore.OptionValues;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageClientProvider;
import io.kvbackup.storage.StorageUri;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Opens {@code s3://bucket/prefix?option=value&...}.
 *
 * <table>
 * <caption>Options, all optional</caption>
 * <tr><th>name</th><th>value</th></tr>
 * <tr><td>{@code endpoint}</td><td>address of a store that is not AWS: {@code https://store.example.com:9000}</td></tr>
 * <tr><td>{@code region}</td><td>by default {@code us-east-1} with an endpoint, else what the SDK finds</td></tr>
 * <tr><td>{@code pathStyle}</td><td>whether the bucket is part of the path, not of the host name; by default with an
 * endpoint only</td></tr>
 * <tr><td>{@code accessKey}, {@code secretKey}</td><td>both or neither; by default what the SDK finds</td></tr>
 * <tr><td>{@code sessionToken}</td><td>of temporary credentials</td></tr>
 * <tr><td>{@code partSize}</td><td>5 MiB to 5 GiB: {@code 16MiB}, {@code 16777216}; by default 5 MiB</td></tr>
 * <tr><td>{@code concurrency}</td><td>parts of an upload that are sent at once; by default 4</td></tr>
 * <tr><td>{@code compatibility}</td><td>{@code true} for a store that rejects what AWS accepts</td></tr>
 * <tr><td>{@code sse}</td><td>{@code AES256} or {@code aws:kms}</td></tr>
 * <tr><td>{@code kmsKeyId}</td><td>key for {@code aws:kms}</td></tr>
 * <tr><td>{@code storageClass}</td><td>such as {@code STANDARD_IA}</td></tr>
 * <tr><td>{@code attemptTimeout}, {@code callTimeout}</td><td>deadline of a request without and with its retries:
 * {@code 30s}, {@code 5m}; by default 1 and 5 minutes</td></tr>
 * <tr><td>{@code connectTimeout}</td><td>by default 5 seconds</td></tr>
 * </table>
 */
public final class S3StorageClientProvider implements StorageClientProvider {
    private static final Set<String> OPTIONS = Set.of(
            "endpoint",
            "region",
            "pathStyle",
            "accessKey",
            "secretKey",
            "sessionToken",
            "partSize",
            "concurrency",
            "compatibility",
            "sse",
            "kmsKeyId",
            "storageClass",
            "attemptTimeout",
            "callTimeout",
            "connectTimeout");

    /** For {@link java.util.ServiceLoader}. */
    public S3StorageClientProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    @Override
    public Set<String> optionNames() {
        return OPTIONS;
    }

    @Override
    public StorageClient open(StorageUri uri, Map<String, String> options) {
        OptionValues values = new OptionValues(options);
        S3Place place = new S3Place(uri.authority(), uri.path());
        S3Settings settings = settings(values);
        S3Client s3 = S3Clients.create(S3Connection.parse(values), settings);
        return new S3StorageClientBuilder(s3, place.bucket())
                .prefix(place.prefix())
                .settings(settings)
                .owning()
                .build();
    }

    private static S3Settings settings(OptionValues values) {
        return new S3Settings(
                values.size("partSize", S3Settings.DEFAULTS.partSize()),
                values.count("concurrency", S3Settings.DEFAULTS.concurrency()),
                values.flag("compatibility", S3Settings.DEFAULTS.compatibility()),
                values.text("sse"),
                values.text("kmsKeyId"),
                values.text("storageClass"),
                values.duration("attemptTimeout", S3Settings.DEFAULTS.attemptTimeout()),
                values.duration("callTimeout", S3Settings.DEFAULTS.callTimeout()),
                S3Settings.DEFAULTS.copyThreshold());
    }
}
