package io.kvbackup.objectstore;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The object that an upload should have written, as the client of its store sees it. */
public interface UploadTarget {
    /** What a failure says about a write. */
    enum Outcome {
        /**
         * The store has said no, and no attempt before that can have written anything: there is nothing to look for.
         */
        REFUSED,
        /** Somebody has written meanwhile; it may have been a previous attempt. */
        CONDITION_LOST,
        /** Done or not, nobody knows. */
        UNKNOWN
    }

    /** How messages name it. */
    String describe();

    /**
     * An object, and what its writer gave it along.
     *
     * @param metadata null if there is none
     */
    record Found(StorageObject object, @Nullable Map<String, String> metadata) {}

    /** What is there now, whoever has written it. Throws whatever the client throws. */
    Optional<Found> look() throws IOException;

    /** What is there now, if the marker is on it. Throws whatever the client throws. */
    default Optional<StorageObject> find(UploadMarker marker) throws IOException {
        return look().filter(found -> marker.isOn(found.metadata())).map(Found::object);
    }

    /** What the client has thrown, understood. */
    Outcome outcome(Exception e);

    /** Whether the thread, and not the store, is why the client has thrown. */
    boolean isInterrupt(Exception e);
}
