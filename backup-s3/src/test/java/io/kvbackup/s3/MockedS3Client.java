package io.kvbackup.s3;

import java.util.Optional;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Makes up for S3Mock, which removes the object together with an unfinished upload of the same name. */
final class MockedS3Client extends DelegatingS3Client {
    private final S3Client honest;

    MockedS3Client(S3Client client) {
        this(client, client);
    }

    /** @param honest a client of the same store that makes up even while {@code client} meets faults */
    MockedS3Client(S3Client client, S3Client honest) {
        super(client);
        this.honest = honest;
    }

    @Override
    public AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest abort) {
        Optional<ResponseBytes<GetObjectResponse>> old = read(abort);
        AbortMultipartUploadResponse response = super.abortMultipartUpload(abort);
        old.ifPresent(object -> honest.putObject(
                put -> put.bucket(abort.bucket())
                        .key(abort.key())
                        .metadata(object.response().metadata()),
                RequestBody.fromBytes(object.asByteArrayUnsafe())));
        return response;
    }

    private Optional<ResponseBytes<GetObjectResponse>> read(AbortMultipartUploadRequest abort) {
        try {
            return Optional.of(
                    honest.getObjectAsBytes(get -> get.bucket(abort.bucket()).key(abort.key())));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }
}
