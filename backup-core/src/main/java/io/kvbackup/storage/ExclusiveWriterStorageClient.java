package io.kvbackup.storage;

import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the conditions of uploads for a store that does not, as long as this process is the only one that writes to it.
 *
 * <p>When the content of an upload has been written, and before it becomes visible, this client looks at the object; if
 * the condition does not hold, it aborts the upload. From that look until the store's reply, no other upload, copy or
 * deletion of the same key runs in this process through any client of this class that was opened on the same place.
 *
 * <p>What this does not do: it does not hold between processes. Two processes can both win, overwrite each other's
 * backups and hold the same lease: on such a store leases keep order inside one process only. It also does not help if
 * reads do not see the writes before them.
 *
 * <p>Goes inside a {@link RetryingStorageClient}, which recognises what was written although its reply was lost. Safe
 * for use by several threads. Closing closes the client within.
 */
public final class ExclusiveWriterStorageClient extends ForwardingStorageClient {
    /** Decorates {@code store}. */
    public ExclusiveWriterStorageClient(StorageClient store) {
        super(store);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        try (KeyLocks.Hold hold = new KeyLocks.Hold()) {
            UploadGate gate = new UploadGate(key, content, condition, hold);
            return super.upload(
                    key, content.isRepeatable() ? ContentWriter.repeatable(gate) : gate, PutCondition.none());
        }
    }

    @Override
    public void copy(String from, String to) throws IOException {
        try (KeyLocks.Hold hold = new KeyLocks.Hold()) {
            hold.lock(List.of(to), "copy " + from + " to " + to);
            super.copy(from, to);
        }
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        try (KeyLocks.Hold hold = new KeyLocks.Hold()) {
            hold.lock(keys, "delete");
            super.delete(keys);
        }
    }

    @Override
    public StorageTraits traits() {
        return super.traits().withConditions(Conditions.KEPT);
    }

    /** Lets content through, and then blocks everybody else until the upload has ended. */
    private final class UploadGate implements ContentWriter {
        private final String key;
        private final ContentWriter content;
        private final PutCondition condition;
        private final KeyLocks.Hold hold;

        UploadGate(String key, ContentWriter content, PutCondition condition, KeyLocks.Hold hold) {
            this.key = key;
            this.content = content;
            this.condition = condition;
            this.hold = hold;
        }

        @Override
        public void writeTo(java.io.OutputStream out) throws IOException {
            content.writeTo(out);
            hold.lock(List.of(key), "upload " + key);
            requireCondition();
        }

        private void requireCondition() throws IOException {
            if (condition instanceof PutCondition.None) {
                return;
            }
            Optional<String> etag = stat(key).map(StorageObject::etag);
            if (condition instanceof PutCondition.IfMatch match) {
                if (!etag.equals(Optional.of(match.etag()))) {
                    throw new PreconditionFailedException("upload " + key + ": the object is not the version '"
                            + match.etag() + "' (any more); read it again");
                }
            } else if (etag.isPresent()) {
                throw new PreconditionFailedException("upload " + key + ": there is an object of this name already");
            }
        }
    }
}
