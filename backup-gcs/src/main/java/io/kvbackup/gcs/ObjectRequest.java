package io.kvbackup.gcs;

import com.google.api.client.http.HttpContent;
import com.google.api.client.http.json.JsonHttpContent;
import com.google.api.services.storage.model.StorageObject;
import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a request for a new object says about it, whatever the kind of upload. */
final class ObjectRequest {
    static final String CONTENT_TYPE = "application/octet-stream";

    private final GcsSession session;
    private final String key;
    private final UploadMarker marker;
    private final @Nullable Long generation;

    ObjectRequest(GcsSession session, String key, PutCondition condition, UploadMarker marker)
            throws PreconditionFailedException {
        this.session = session;
        this.key = key;
        this.marker = marker;
        this.generation = Generations.required(condition, session.place().describe(key));
    }

    /**
     * What to throw when something else may have become visible than was sent. That is removed first.
     *
     * @param visible generation of it, if the store has told
     * @param what has happened
     */
    IOException spoiled(@Nullable Long visible, String what) {
        boolean removed;
        try {
            removed = new GcsUploadTarget(session, key).remove(marker, visible);
        } catch (IOException e) {
            FinalFailure failure = new FinalFailure(what + "; what there is of it could not be deleted, look at it");
            failure.addSuppressed(e);
            return failure;
        }
        // The version that was to be replaced is gone, so the condition of another start cannot hold.
        boolean replaced = removed && generation != null && generation != 0;
        return replaced
                ? new FinalFailure(what + "; that was deleted, and what it has replaced is lost")
                : new UploadLostException(what + "; " + (removed ? "that was deleted, " : "") + "try again");
    }

    /** How messages start. */
    String cannotUpload() {
        return "cannot upload " + session.place().describe(key) + ": ";
    }

    String key() {
        return key;
    }

    String url(String uploadType) {
        return session.api().urls().upload(key, uploadType) + parameters();
    }

    private String parameters() {
        String kmsKey = session.settings().kmsKey();
        return (generation == null ? "" : "&ifGenerationMatch=" + generation)
                + (kmsKey == null ? "" : "&kmsKeyName=" + GcsPlace.encode(kmsKey));
    }

    /** @param crc32c of the content, if it is known yet */
    HttpContent metadata(@Nullable String crc32c) {
        StorageObject object = new StorageObject()
                .setName(session.place().objectName(key))
                .setContentType(CONTENT_TYPE)
                .setMetadata(marker.metadata())
                .setStorageClass(session.settings().storageClass())
                .setCrc32c(crc32c);
        return new JsonHttpContent(ApiRequests.JSON, object);
    }
}
