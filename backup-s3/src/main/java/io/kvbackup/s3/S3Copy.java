package io.kvbackup.s3;

import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/** Copies objects inside the store: by one request as long as S3 allows it, else in parts. */
final class S3Copy {
    private static final String OPERATION = "copy";
    private static final long PART = 512L << 20;

    private final S3Session session;
    private final UploadMarker marker;

    S3Copy(S3Session session, UploadMarker marker) {
        this.session = session;
        this.marker = marker;
    }

    void copy(String from, String to) throws IOException {
        HeadObjectResponse source = session.call(OPERATION, from, () -> session.head(from, null));
        if (from.equals(to)) {
            return;
        }
        if (source.contentLength() <= session.settings().copyThreshold()) {
            copyWhole(from, source, to);
        } else {
            copyParts(from, source, to);
        }
    }

    private void copyWhole(String from, HeadObjectResponse source, String to) throws IOException {
        S3Settings settings = session.settings();
        session.call(
                OPERATION,
                from,
                () -> session.s3()
                        .copyObject(request -> request.sourceBucket(session.bucket())
                                .sourceKey(session.place().objectKey(from))
                                .destinationBucket(session.bucket())
                                .destinationKey(session.place().objectKey(to))
                                .metadataDirective(MetadataDirective.COPY)
                                .serverSideEncryption(settings.sse())
                                .ssekmsKeyId(settings.kmsKeyId())
                                .storageClass(settings.storageClass())
                                .overrideConfiguration(session.deadline(source.contentLength()))));
    }

    private void copyParts(String from, HeadObjectResponse source, String to) throws IOException {
        long size = source.contentLength();
        MultipartUpload upload = MultipartUpload.openForCopy(session, to, metadata(source));
        try {
            long part = partSize(size);
            int number = 1;
            for (long first = 0; first < size; first += part) {
                upload.copy(number++, from, source.eTag(), first, Math.min(size, first + part) - 1);
            }
        } catch (Throwable e) {
            upload.abort(e);
            throw e;
        }
        complete(upload, to, size);
    }

    /** What the source has, but for the marker: the copy has one of its own. */
    private Map<String, String> metadata(HeadObjectResponse source) {
        Map<String, String> metadata = new HashMap<>(source.metadata());
        metadata.putAll(marker.metadata());
        return metadata;
    }

    private void complete(MultipartUpload upload, String to, long size) throws IOException {
        try {
            upload.complete(PutCondition.none());
        } catch (RuntimeException e) {
            // Aborting first settles the matter, as in an upload.
            upload.abort(e);
            Optional<StorageObject> copied = marker.recognise(e, PutCondition.none(), new S3UploadTarget(session, to));
            if (copied.isEmpty() || copied.get().size() != size) {
                throw session.translate(OPERATION, to, e);
            }
        } catch (Error e) {
            upload.abort(e);
            throw e;
        }
    }

    private long partSize(long size) {
        long fewest = (size + PartSizes.MAX_PARTS - 1) / PartSizes.MAX_PARTS;
        return Math.max(fewest, Math.min(PART, session.settings().copyThreshold()));
    }
}
