package io.kvbackup.storage;

import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;

/**
 * Thrown when a store has lost the part of an upload that it was sent, and nothing of it is visible. Repeating a
 * request does not help, but the upload may succeed if its content is sent again from the start. Only the caller has
 * the content, so {@link RetryingStorageClient} does it even for a client that
 * {@linkplain StorageTraits#retriesItself() retries itself}.
 */
public final class UploadLostException extends IOException {
    private static final long serialVersionUID = 1L;

    public UploadLostException(String message) {
        super(message);
    }
}
