package io.kvbackup.s3;

import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The requests of one multipart upload. Parts may be added by several threads. */
final class MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    /** S3 may take minutes to put thousands of parts together. */
    private static final Duration ASSEMBLY = Duration.ofMinutes(10);

    private final S3Session session;
    private final String key;
    private final String objectKey;
    private final String uploadId;
    private final Map<Integer, CompletedPart> parts = new ConcurrentSkipListMap<>();

    private MultipartUpload(S3Session session, String key, String uploadId) {
        this.session = session;
        this.key = key;
        this.objectKey = session.place().objectKey(key);
        this.uploadId = uploadId;
    }

    /** Opens an upload, for content that this client sends itself. */
    static MultipartUpload open(S3Session session, String key, Map<String, String> metadata) throws IOException {
        return open(session, key, metadata, checksum(session));
    }

    /** Opens an upload, for content that the store already has. */
    static MultipartUpload openForCopy(S3Session session, String key, Map<String, String> metadata) throws IOException {
        return open(session, key, metadata, null);
    }

    private static MultipartUpload open(
            S3Session session, String key, Map<String, String> metadata, @Nullable ChecksumAlgorithm checksum)
            throws IOException {
        S3Settings settings = session.settings();
        String uploadId = session.call(
                "upload",
                key,
                () -> session.s3()
                        .createMultipartUpload(request -> request.bucket(session.bucket())
                                .key(session.place().objectKey(key))
                                .metadata(metadata)
                                .checksumAlgorithm(checksum)
                                .serverSideEncryption(settings.sse())
                                .ssekmsKeyId(settings.kmsKeyId())
                                .storageClass(settings.storageClass())
                                .overrideConfiguration(session.deadline(0)))
                        .uploadId());
        session.running().add(uploadId);
        return new MultipartUpload(session, key, uploadId);
    }

    /** The checksum that the SDK sends along with content; none where the store may not understand it. */
    static @Nullable ChecksumAlgorithm checksum(S3Session session) {
        return session.settings().compatibility() ? null : ChecksumAlgorithm.CRC32;
    }

    void send(int number, Part part) throws IOException {
        UploadPartResponse response = session.call(
                "upload",
                key,
                () -> session.s3()
                        .uploadPart(
                                request -> request.bucket(session.bucket())
                                        .key(objectKey)
                                        .uploadId(uploadId)
                                        .partNumber(number)
                                        .contentLength(part.length())
                                        .checksumAlgorithm(checksum(session))
                                        .overrideConfiguration(session.deadline(part.length())),
                                part.body()));
        if (response.checksumCRC32() != null) {
            session.trust().confirmed();
        }
        parts.put(
                number,
                CompletedPart.builder()
                        .partNumber(number)
                        .eTag(response.eTag())
                        .checksumCRC32(checksum(session) == null ? null : response.checksumCRC32())
                        .build());
    }

    /** Adds bytes {@code first} to {@code last}, both inclusive, of the given version of another object. */
    void copy(int number, String from, String etag, long first, long last) throws IOException {
        String copied = session.call(
                "copy",
                from,
                () -> session.s3()
                        .uploadPartCopy(request -> request.sourceBucket(session.bucket())
                                .sourceKey(session.place().objectKey(from))
                                .copySourceIfMatch(etag)
                                .copySourceRange("bytes=" + first + "-" + last)
                                .destinationBucket(session.bucket())
                                .destinationKey(objectKey)
                                .uploadId(uploadId)
                                .partNumber(number)
                                .overrideConfiguration(session.deadline(last - first)))
                        .copyPartResult()
                        .eTag());
        parts.put(
                number, CompletedPart.builder().partNumber(number).eTag(copied).build());
    }

    /** Makes the object visible. Throws what the SDK throws. */
    CompleteMultipartUploadResponse complete(PutCondition condition) {
        CompleteMultipartUploadResponse response = session.s3()
                .completeMultipartUpload(request -> request.bucket(session.bucket())
                        .key(objectKey)
                        .uploadId(uploadId)
                        .multipartUpload(upload -> upload.parts(parts.values()))
                        .ifNoneMatch(Conditions.ifNoneMatch(condition))
                        .ifMatch(Conditions.ifMatch(condition))
                        .overrideConfiguration(session.deadline(ASSEMBLY)));
        session.running().remove(uploadId);
        return response;
    }

    /** Removes all parts, even on an interrupted thread; a failure is added to {@code reason}. */
    void abort(Throwable reason) {
        boolean interrupted = Thread.interrupted();
        try {
            session.s3()
                    .abortMultipartUpload(request -> request.bucket(session.bucket())
                            .key(objectKey)
                            .uploadId(uploadId)
                            .overrideConfiguration(session.deadline(0)));
        } catch (NoSuchUploadException e) {
            LOG.debug(
                    "upload {} of {} is gone already", uploadId, session.place().describe(key));
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
            LOG.warn(
                    "unfinished upload {} of {} could not be removed and costs storage; a lifecycle rule of the bucket"
                            + " (AbortIncompleteMultipartUpload) removes such uploads",
                    uploadId,
                    session.place().describe(key),
                    e);
        } finally {
            session.running().remove(uploadId);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
