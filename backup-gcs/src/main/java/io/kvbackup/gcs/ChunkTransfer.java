package io.kvbackup.gcs;

import com.google.api.services.storage.model.StorageObject;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One chunk of a resumable upload on its way: knows how much of it has arrived, or that it has to ask. */
final class ChunkTransfer {
    private final SessionRequests requests;
    private final byte[] chunk;
    private final long start;
    private final long end;
    private final @Nullable CRC32C crc;
    private long kept;
    private boolean unsure;

    /**
     * @param start offset of the chunk in the object
     * @param crc of the whole object if this is the last chunk, else null
     */
    ChunkTransfer(SessionRequests requests, byte[] chunk, int length, long start, @Nullable CRC32C crc) {
        this.requests = requests;
        this.chunk = chunk;
        this.start = start;
        this.end = start + length;
        this.crc = crc;
        this.kept = start;
    }

    /** The object that the last chunk makes; null for any other chunk. */
    @Nullable
    StorageObject run(Retries retries) throws IOException {
        while (true) {
            // Each step forward counts anew: only attempts that achieve nothing are limited.
            SessionRequests.Answer answer = retries.call(this::step);
            if (isDone(answer)) {
                return answer.object();
            }
        }
    }

    private boolean isDone(SessionRequests.Answer answer) {
        return answer.object() != null || (crc == null && kept == end);
    }

    /** Ends well only if something more has arrived. */
    private SessionRequests.Answer step() throws IOException {
        if (unsure) {
            SessionRequests.Answer answer = accept(requests.ask(total()));
            if (isDone(answer)) {
                return answer;
            }
        }
        unsure = true;
        long before = kept;
        SessionRequests.Answer put = put();
        if (put.object() == null && put.kept() == 0 && kept > 0) {
            // Some leave out the header that says how much; the question about it has an answer, or nothing is kept.
            put = requests.ask(total());
        }
        SessionRequests.Answer answer = accept(put);
        if (!isDone(answer) && kept == before) {
            throw new IOException("the store keeps nothing of what it is sent");
        }
        unsure = false;
        return answer;
    }

    private SessionRequests.Answer accept(SessionRequests.Answer answer) throws IOException {
        if (answer.object() == null) {
            requireProgress(answer.kept());
            kept = answer.kept();
        }
        return answer;
    }

    private SessionRequests.Answer put() throws IOException {
        String range = kept == end ? "*" : kept + "-" + (end - 1);
        return requests.put(chunk, (int) (kept - start), (int) (end - kept), "bytes " + range + "/" + total(), crc);
    }

    private String total() {
        return crc == null ? "*" : Long.toString(end);
    }

    private void requireProgress(long now) throws IOException {
        if (now < kept || now > end) {
            throw new UploadLostException("cannot upload " + requests.object() + ": the store says that it has kept "
                    + now + " bytes, but it was sent " + end + " and had kept " + kept + " before");
        }
    }
}
