package io.kvbackup.s3;

import io.kvbackup.storage.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
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
        if (range.length() == 0) {
            return empty(key, etag);
        }
        ResponseInputStream<GetObjectResponse> response;
        try {
            response = get(key, etag, range);
        } catch (S3Exception e) {
            if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                return empty(key, etag);
            }
            throw session.translate(OPERATION, key, e);
        } catch (RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
        requireRange(key, range, response);
        return new DownloadStream(session, key, range.offset(), response);
    }

    /** No range can ask for no bytes, and not every store looks at the version before it looks at the range. */
    private InputStream empty(String key, @Nullable String etag) throws IOException {
        session.call(OPERATION, key, () -> session.head(key, etag));
        return InputStream.nullInputStream();
    }

    private ResponseInputStream<GetObjectResponse> get(String key, @Nullable String etag, ByteRange range)
            throws SdkException {
        boolean validated = isWhole(range) && !session.settings().compatibility();
        return session.s3()
                .getObject(request -> request.bucket(session.bucket())
                        .key(session.place().objectKey(key))
                        .ifMatch(etag)
                        .range(isWhole(range) ? null : header(range))
                        .checksumMode(validated ? ChecksumMode.ENABLED : null)
                        .overrideConfiguration(session.deadline(0)));
    }

    private static boolean isWhole(ByteRange range) {
        return range.offset() == 0 && range.isOpen();
    }

    private static String header(ByteRange range) {
        boolean open = range.length() > Long.MAX_VALUE - range.offset();
        return "bytes=" + range.offset() + "-" + (open ? "" : range.offset() + range.length() - 1);
    }

    private void requireRange(String key, ByteRange range, ResponseInputStream<GetObjectResponse> response)
            throws IOException {
        String given = response.response().contentRange();
        if (isWhole(range) || (given != null && given.startsWith("bytes " + range.offset() + "-"))) {
            return;
        }
        response.abort();
        throw new IOException("cannot download " + session.place().describe(key) + ": asked for " + header(range)
                + ", the store gave " + (given == null ? "the whole object" : given)
                + "; it, or a proxy before it, cannot serve ranges");
    }
}
