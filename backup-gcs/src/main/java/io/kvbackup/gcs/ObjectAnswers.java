package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.util.Optional;

/** Reads answers that describe an object. */
final class ObjectAnswers {
    private static final int NO_CONTENT = 204;

    private ObjectAnswers() {}

    /** The object that an answer describes, none if there is no such object, or what it refuses. */
    static Optional<StorageObject> foundOrRefusal(HttpResponse response) throws IOException {
        return response.getStatusCode() == GcsStat.NOT_FOUND
                ? Optional.empty()
                : Optional.of(objectOrRefusal(response));
    }

    /** The object that an answer describes, or what it refuses. */
    static StorageObject objectOrRefusal(HttpResponse response) throws IOException {
        if (!response.isSuccessStatusCode()) {
            throw ErrorResponses.of(response);
        }
        return object(response);
    }

    /** The object that an answer describes; a store may have left out anything, even all of it. */
    static StorageObject object(HttpResponse response) throws IOException {
        Long length = response.getHeaders().getContentLength();
        if (response.getStatusCode() == NO_CONTENT || (length != null && length == 0)) {
            response.ignore();
            return new StorageObject();
        }
        StorageObject object = response.parseAs(StorageObject.class);
        return object == null ? new StorageObject() : object;
    }
}
