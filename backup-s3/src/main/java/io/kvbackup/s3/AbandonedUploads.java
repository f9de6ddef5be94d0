package io.kvbackup.s3;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;

/** Finds multipart uploads that nobody will complete, and aborts them; safe for use by several threads. */
final class AbandonedUploads {
    private static final Logger LOG = LoggerFactory.getLogger(AbandonedUploads.class);

    private final S3Session session;
    private final AtomicBoolean warned = new AtomicBoolean();

    AbandonedUploads(S3Session session) {
        this.session = session;
    }

    /** Does nothing but log a warning, once, if the store does not have such requests or does not allow them. */
    void abort(String prefix, Instant startedBefore) throws IOException {
        try {
            abortAll(prefix, startedBefore);
        } catch (IOException e) {
            if (!isUnavailable(e)) {
                throw e;
            }
            if (!warned.getAndSet(true)) {
                LOG.warn(
                        "unfinished uploads of dead processes below {} stay and cost storage: allow"
                                + " s3:ListBucketMultipartUploads and s3:AbortMultipartUpload, or give the bucket a"
                                + " lifecycle rule (AbortIncompleteMultipartUpload): {}",
                        session.place(),
                        e.getMessage());
            }
        }
    }

    private void abortAll(String prefix, Instant startedBefore) throws IOException {
        String start = session.place().start() + prefix;
        for (Page page = Page.FIRST; page != null; ) {
            ListMultipartUploadsResponse response = list(prefix, page);
            for (var upload : response.uploads()) {
                boolean old = upload.initiated() != null && upload.initiated().isBefore(startedBefore);
                boolean named = upload.key() != null && upload.uploadId() != null;
                if (old
                        && named
                        && upload.key().startsWith(start)
                        && !session.running().contains(upload.uploadId())) {
                    abortOne(upload.key(), upload.uploadId());
                }
            }
            page = page.next(response, session.place().describe(prefix));
        }
    }

    private ListMultipartUploadsResponse list(String prefix, Page page) throws IOException {
        String operation = "list uploads";
        session.enter(operation);
        return session.call(
                operation,
                prefix,
                () -> session.s3()
                        .listMultipartUploads(request -> request.bucket(session.bucket())
                                .prefix(session.place().start() + prefix)
                                .keyMarker(page.key())
                                .uploadIdMarker(page.uploadId())
                                .encodingType(EncodingType.URL)
                                .overrideConfiguration(session.deadline(0))));
    }

    private void abortOne(String objectKey, String uploadId) throws IOException {
        String key = objectKey.substring(session.place().start().length());
        if (!S3Listing.isOurs(key)) {
            return; // not one that we have opened
        }
        String operation = "abort upload";
        session.enter(operation);
        try {
            session.call(
                    operation,
                    key,
                    () -> session.s3()
                            .abortMultipartUpload(request -> request.bucket(session.bucket())
                                    .key(objectKey)
                                    .uploadId(uploadId)
                                    .overrideConfiguration(session.deadline(0))));
            LOG.info(
                    "removed the parts of upload {} of {}, whose process has died",
                    uploadId,
                    session.place().describe(key));
        } catch (IOException e) {
            if (!isGone(e)) {
                throw e;
            }
            LOG.debug(
                    "upload {} of {} is gone already", uploadId, session.place().describe(key));
        }
    }

    private static boolean isGone(IOException e) {
        return e.getCause() instanceof AwsServiceException service
                && service.statusCode() == 404
                && !S3Failures.code(service).equals("NoSuchBucket");
    }

    /** Stores that do not know the request find several words for it. */
    private static boolean isUnavailable(IOException e) {
        return e.getCause() instanceof AwsServiceException service
                && switch (service.statusCode()) {
                    case 400, 403, 405, 501 -> true;
                    case 404 -> !S3Failures.code(service).equals("NoSuchBucket");
                    default -> false;
                };
    }

    /** Where a page begins. */
    private record Page(@Nullable String key, @Nullable String uploadId) {
        static final Page FIRST = new Page(null, null);

        @Nullable
        Page next(ListMultipartUploadsResponse response, String place) throws IOException {
            if (!Boolean.TRUE.equals(response.isTruncated())) {
                return null;
            }
            Page next = new Page(response.nextKeyMarker(), response.nextUploadIdMarker());
            if (next.key() == null || next.equals(this)) {
                throw new IOException("cannot list uploads " + place
                        + ": the store says that there are more, but not how to ask for them");
            }
            return next;
        }
    }
}
