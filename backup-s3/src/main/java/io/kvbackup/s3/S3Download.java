package io.kvbackup.s3;

import io.kvbackup.objectstore.RangeRequest;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Opens objects for reading. */
final class S3Download {
    private static final String OPERATION = "download";
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final S3Session session;

    S3Download(S3Session session) {
        this.session = session;
    }

    /** @param etag of the only version that will do; null for any */
    InputStream open(String key, @Nullable String etag, ByteRange range) throws IOException {
        RangeRequest part = new RangeRequest(range);
        if (range.length() == 0) {
            return empty(key, etag, part);
        }
        ResponseInputStream<GetObjectResponse> response;
        try {
            response = get(key, etag, part);
            WebPages.refuse(response.response());
        } catch (S3Exception e) {
            if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                return empty(key, etag, part);
            }
            throw session.translate(OPERATION, key, e);
        } catch (RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
        try {
            require(key, etag, part, response.response());
        } catch (IOException e) {
            response.abort();
            throw e;
        }
        return new DownloadStream(session, key, range.offset(), response);
    }

    /** No range can ask for no bytes, and not every store looks at the version before it looks at the range. */
    private InputStream empty(String key, @Nullable String etag, RangeRequest part) throws IOException {
        HeadObjectResponse head = session.call(OPERATION, key, () -> session.head(key, etag));
        requireNone(key, part.objectionToNothing(head.contentLength()));
        return InputStream.nullInputStream();
    }

    private void requireNone(String key, Optional<String> objection) throws IOException {
        if (objection.isPresent()) {
            throw new IOException(cannot(key) + objection.get());
        }
    }

    private String cannot(String key) {
        return "cannot download " + session.place().describe(key) + ": ";
    }

    private ResponseInputStream<GetObjectResponse> get(String key, @Nullable String etag, RangeRequest part)
            throws SdkException {
        boolean validated = part.isWhole() && !session.settings().compatibility();
        return session.s3()
                .getObject(request -> request.bucket(session.bucket())
                        .key(session.place().objectKey(key))
                        .ifMatch(etag)
                        .range(part.isWhole() ? null : part.header())
                        .checksumMode(validated ? ChecksumMode.ENABLED : null)
                        .overrideConfiguration(session.deadline(0)));
    }

    /** Some stores know neither the condition nor ranges, and give what they have. */
    private void require(String key, @Nullable String etag, RangeRequest part, GetObjectResponse given)
            throws IOException {
        if (etag != null && given.eTag() != null && !S3Etags.same(etag, given.eTag())) {
            throw new PreconditionFailedException(
                    cannot(key) + "it has been replaced since version " + etag + " was seen; look at it again");
        }
        long length = given.contentLength() == null ? -1 : given.contentLength();
        String meant = RangeRequest.meant(given.sdkHttpResponse().statusCode(), given.contentRange());
        requireNone(key, part.objection(meant, length, -1));
    }
}
