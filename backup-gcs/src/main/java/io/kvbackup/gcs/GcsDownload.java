package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.cloud.storage.StorageException;
import io.kvbackup.objectstore.RangeRequest;
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
            return empty(key, etag, range);
        }
        RangeRequest part = new RangeRequest(range);
        try {
            return session.retries().call(() -> request(key, generation, part));
        } catch (StorageException e) {
            if (e.getCode() == RANGE_NOT_SATISFIABLE || (etag != null && e.getCode() == PRECONDITION_FAILED)) {
                return empty(key, etag, range);
            }
            if (e.getCode() == GcsStat.NOT_FOUND) {
                stat.requireBucket(OPERATION, key);
            }
            throw session.translate(OPERATION, key, e);
        } catch (IOException | RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
    }

    /** What is left when no byte can be had: to tell why. */
    private InputStream empty(String key, @Nullable String etag, ByteRange range) throws IOException {
        Optional<StorageObject> object = stat.stat(key);
        if (object.isEmpty()) {
            throw new NoSuchFileException(session.place().describe(key), null, "download found no such object");
        }
        if (etag != null && !etag.equals(object.get().etag())) {
            throw replaced(key, etag);
        }
        Optional<String> objection =
                new RangeRequest(range).objectionToNothing(object.get().size());
        if (objection.isPresent()) {
            throw new IOException("cannot download " + session.place().describe(key) + ": " + objection.get());
        }
        return InputStream.nullInputStream();
    }

    private PreconditionFailedException replaced(String key, String etag) {
        return new PreconditionFailedException(
                "cannot download " + session.place().describe(key) + ": it has been replaced since version " + etag
                        + " was seen; look at it again");
    }

    private InputStream request(String key, @Nullable Long generation, RangeRequest part) throws IOException {
        HttpResponse response = request(key, generation, part, true);
        if (ContentAnswer.of(response).isPackedOnTheWay()) {
            ErrorResponses.drop(response);
            response = request(key, generation, part, false);
        }
        try {
            require(key, generation, part, ContentAnswer.of(response));
            return new DownloadStream(session, key, part.wanted().offset(), part.isWhole(), response);
        } catch (IOException | RuntimeException e) {
            ErrorResponses.drop(response);
            throw e;
        }
    }

    private HttpResponse request(String key, @Nullable Long generation, RangeRequest part, boolean packed)
            throws IOException {
        String url = session.api().urls().download(key);
        String pinned = generation == null ? url : url + "&ifGenerationMatch=" + generation;
        return session.api().download(pinned, packed, headers -> {
            if (!part.isWhole()) {
                headers.setRange(part.header());
            }
        });
    }

    private void require(String key, @Nullable Long generation, RangeRequest part, ContentAnswer answer)
            throws IOException {
        String start = "cannot download " + session.place().describe(key) + ": ";
        if (answer.isPackedOnTheWay()) {
            throw new FinalFailure(
                    start + "somebody on the way compresses content for all who ask; switch that off in the proxy");
        }
        if (generation != null
                && answer.generation() != null
                && !generation.toString().equals(answer.generation())) {
            // Some servers do not know the condition.
            throw replaced(key, generation.toString());
        }
        Optional<String> objection = answer.objection(part);
        if (objection.isPresent()) {
            throw new FinalFailure(start + objection.get());
        }
    }
}
