package io.kvbackup.gcs;

import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.storage.StorageException;
import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One upload: a single request if the content fits into a chunk, else a resumable session. */
final class GcsUpload {
    private static final String OPERATION = "upload";

    private final GcsSession session;
    private final GcsStat stat;
    private final String key;
    private final PutCondition condition;
    private final UploadMarker marker;
    private final CRC32C crc = new CRC32C();
    private @Nullable ResumableUpload chunked;
    private long size;

    GcsUpload(GcsSession session, GcsStat stat, String key, PutCondition condition, UploadMarker marker) {
        this.session = session;
        this.stat = stat;
        this.key = key;
        this.condition = condition;
        this.marker = marker;
    }

    io.kvbackup.storage.StorageObject run(ContentWriter content) throws IOException {
        ObjectRequest request = new ObjectRequest(session, key, condition, marker);
        ChunkStream out = new ChunkStream(
                session.settings().chunkSize(),
                (chunk, length) -> send(request, chunk, length),
                session.place().describe(key));
        try {
            content.writeTo(out);
            out.finish();
            session.enter(OPERATION);
            return commit(request, out.last(), out.lastLength());
        } catch (Throwable e) {
            giveUp(e);
            throw e;
        } finally {
            out.end();
        }
    }

    private void giveUp(Throwable reason) {
        if (chunked != null) {
            chunked.cancel(reason);
            chunked = null;
        }
    }

    private void send(ObjectRequest request, byte[] chunk, int length) throws IOException {
        session.enter(OPERATION);
        count(chunk, length);
        try {
            if (chunked == null) {
                chunked = ResumableUpload.open(session, request);
            }
            chunked.send(chunk, length);
        } catch (UploadLostException e) {
            // A server may have made visible what it had.
            throw request.spoiled(null, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw failure(e);
        }
    }

    private void count(byte[] chunk, int length) {
        crc.update(chunk, 0, length);
        size += length;
    }

    private io.kvbackup.storage.StorageObject commit(ObjectRequest request, byte[] chunk, int length)
            throws IOException {
        count(chunk, length);
        StorageObject object;
        try {
            object = chunked == null
                    ? session.retries().call(() -> SingleUpload.send(session, request, chunk, length, crc))
                    : chunked.finish(chunk, length, crc);
        } catch (IOException | RuntimeException e) {
            return settled(request, e);
        }
        return checked(request, object);
    }

    /** The object is there after all, or not: then a failure is thrown. */
    private io.kvbackup.storage.StorageObject settled(ObjectRequest request, Exception e) throws IOException {
        // Cancelling first settles the matter: afterwards a late chunk cannot make the object visible any more.
        giveUp(e);
        Optional<io.kvbackup.storage.StorageObject> ours =
                marker.recognise(e, condition, new GcsUploadTarget(session, key));
        if (ours.isEmpty()) {
            throw e instanceof UploadLostException ? request.spoiled(null, String.valueOf(e.getMessage())) : failure(e);
        }
        if (ours.get().size() != size) {
            throw request.spoiled(
                    Long.valueOf(ours.get().etag()),
                    request.cannotUpload() + "of " + size + " bytes the store has kept "
                            + ours.get().size());
        }
        return ours.get();
    }

    private IOException failure(Exception e) throws IOException {
        if (e instanceof StorageException answer && answer.getCode() == GcsStat.NOT_FOUND) {
            stat.requireBucket(OPERATION, key);
        }
        return session.translate(OPERATION, key, e);
    }

    /** An answer may leave out what it is for: then the object is looked at. */
    private io.kvbackup.storage.StorageObject checked(ObjectRequest request, StorageObject object) throws IOException {
        if (object.getSize() == null || object.getGeneration() == null) {
            Optional<io.kvbackup.storage.StorageObject> found =
                    session.translating(OPERATION, key, () -> new GcsUploadTarget(session, key).find(marker));
            if (found.isPresent() && found.get().size() == size) {
                return found.get();
            }
            throw request.spoiled(
                    null,
                    request.cannotUpload() + "the store did not say what it has kept of " + size + " bytes, and has "
                            + found.map(kept -> kept.size() + " bytes there").orElse("nothing of this upload there"));
        }
        requireSound(request, object);
        Instant created = object.getTimeCreated() == null
                ? Instant.EPOCH
                : Instant.ofEpochMilli(object.getTimeCreated().getValue());
        return new io.kvbackup.storage.StorageObject(key, size, created, Generations.etag(object.getGeneration()));
    }

    /** The store checks what it is sent; this is for one that does not. */
    private void requireSound(ObjectRequest request, StorageObject object) throws IOException {
        boolean sound = object.getSize().longValue() == size
                && (object.getCrc32c() == null || object.getCrc32c().equals(Crc.encode(crc)));
        if (!sound) {
            throw request.spoiled(
                    object.getGeneration(),
                    request.cannotUpload() + "of " + size + " bytes with CRC32C " + Crc.encode(crc)
                            + " the store has kept " + object.getSize() + " with " + object.getCrc32c());
        }
    }
}
