package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.cloud.storage.StorageException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens objects for reading. */
final class GcsDownload {
    private static final String OPERATION = "download";
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final GcsSession session;
    private final GcsStat stat;

    GcsDownload(GcsSession session, GcsStat stat) {
        this.session = session;
        this.stat = stat;
    }

    /** @param etag of the only version that will do; null for any */
    InputStream open(String key, @Nullable String etag, ByteRange range) throws IOException {
        Long generation =
                etag == null ? null : Generations.required(etag, session.place().describe(key));
        if (range.length() == 0) {
            return empty(key, etag);
        }
        HttpResponse response;
        try {
            response = session.retries().call(() -> request(key, generation, range));
        } catch (StorageException e) {
            if (e.getCode() == RANGE_NOT_SATISFIABLE || (etag != null && e.getCode() == PRECONDITION_FAILED)) {
                return empty(key, etag);
            }
            throw session.translate(OPERATION, key, e);
        } catch (IOException | RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
        requireRange(key, range, response);
        return new DownloadStream(session, key, range.offset(), isWhole(range), response);
    }

    /** What is left when no byte can be had: to tell why. */
    private InputStream empty(String key, @Nullable String etag) throws IOException {
        Optional<StorageObject> object = stat.stat(key);
        if (object.isEmpty()) {
            throw new NoSuchFileException(session.place().describe(key), null, "download found no such object");
        }
        if (etag != null && !etag.equals(object.get().etag())) {
            throw new PreconditionFailedException(
                    "cannot download " + session.place().describe(key) + ": it has been replaced since version " + etag
                            + " was seen; look at it again");
        }
        return InputStream.nullInputStream();
    }

    private HttpResponse request(String key, @Nullable Long generation, ByteRange range) throws IOException {
        String url = session.media().downloadUrl(key);
        String pinned = generation == null ? url : url + "&ifGenerationMatch=" + generation;
        HttpResponse response =
                session.media().download(pinned, headers -> headers.setRange(isWhole(range) ? null : header(range)));
        if (response.getStatusCode() != OK && response.getStatusCode() != PARTIAL) {
            throw MediaRequests.refusalOfDownload(response);
        }
        return response;
    }

    private static boolean isWhole(ByteRange range) {
        return range.offset() == 0 && range.isOpen();
    }

    private static String header(ByteRange range) {
        boolean open = range.length() > Long.MAX_VALUE - range.offset();
        return "bytes=" + range.offset() + "-" + (open ? "" : range.offset() + range.length() - 1);
    }

    private void requireRange(String key, ByteRange range, HttpResponse response) throws IOException {
        String given = response.getHeaders().getContentRange();
        if (isWhole(range) || (given != null && given.startsWith("bytes " + range.offset() + "-"))) {
            return;
        }
        response.disconnect();
        throw new IOException("cannot download " + session.place().describe(key) + ": asked for " + header(range)
                + ", the store gave " + (given == null ? "the whole object" : given)
                + "; it, or a proxy before it, cannot serve ranges");
    }
}
