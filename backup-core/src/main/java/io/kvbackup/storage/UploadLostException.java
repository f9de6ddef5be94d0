package io.kvbackup.storage;

import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;

/**
 * Thrown when a store has lost what it was sent of an upload, and nothing of it is visible. No repetition of a request
 * helps, but the upload may succeed if its content is sent once more from the start. Only whoever has the content can
 * do that: so {@link RetryingStorageClient} does it even for a client that {@linkplain StorageClient#retriesItself()
 * retries itself}.
 */
public final class UploadLostException extends IOException {
    private static final long serialVersionUID = 1L;

    public UploadLostException(String message) {
        super(message);
    }
}
