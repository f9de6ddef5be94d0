package io.kvbackup.s3;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the SDK's client. */
final class S3Clients {
    private static final int USUAL_CONNECTIONS = 50;

    /** Longest silence on a connection; what is sent and received slowly is bounded by the deadlines of requests. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private S3Clients() {}

    /** The caller closes the client. */
    static S3Client create(S3Connection connection, S3Settings settings) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(http(connection, settings))
                .overrideConfiguration(override(settings))
                .forcePathStyle(connection.pathStyle());
        if (connection.endpoint() != null) {
            builder.endpointOverride(connection.endpoint());
        }
        if (connection.region() != null) {
            builder.region(Region.of(connection.region()));
        }
        if (connection.accessKey() != null) {
            builder.credentialsProvider(credentials(connection));
        }
        if (settings.compatibility()) {
            // On plain HTTP the SDK sends chunks even without a checksum, so chunks have to be switched off too.
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .serviceConfiguration(service -> service.chunkedEncodingEnabled(false));
        }
        try {
            return builder.build();
        } catch (SdkClientException e) {
            throw new IllegalArgumentException(
                    "cannot set up a client for S3; is option region missing? " + e.getMessage(), e);
        }
    }

    private static Apache5HttpClient.Builder http(S3Connection connection, S3Settings settings) {
        return Apache5HttpClient.builder()
                .maxConnections(Math.max(USUAL_CONNECTIONS, settings.concurrency() + 2))
                .connectionTimeout(connection.connectTimeout())
                .socketTimeout(silence(settings));
    }

    /**
     * Shorter than an attempt may last: when the SDK ends an attempt it swallows an interrupt that came from outside,
     * which the end of a silent connection does not.
     */
    private static Duration silence(S3Settings settings) {
        Duration half = settings.attemptTimeout().dividedBy(2);
        return half.compareTo(SILENCE) < 0 ? half : SILENCE;
    }

    private static ClientOverrideConfiguration override(S3Settings settings) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(S3Retries.strategy(settings))
                .apiCallAttemptTimeout(settings.attemptTimeout())
                .apiCallTimeout(settings.callTimeout())
                .build();
    }

    private static AwsCredentialsProvider credentials(S3Connection connection) {
        AwsCredentials credentials = connection.sessionToken() == null
                ? AwsBasicCredentials.create(connection.accessKey(), connection.secretKey())
                : AwsSessionCredentials.create(
                        connection.accessKey(), connection.secretKey(), connection.sessionToken());
        return StaticCredentialsProvider.create(credentials);
    }
}
