package io.kvbackup.storage.fake;

import io.kvbackup.storage.StorageClient;
import java.io.IOException;

/** Lets a test do something before and after every request, or end it. */
public final class SteppedStorageClient extends InterceptingStorageClient {
    private final Step before;
    private final Step after;

    /** What is done; may throw. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    public SteppedStorageClient(StorageClient delegate, Step before, Step after) {
        super(delegate);
        this.before = before;
        this.after = after;
    }

    @Override
    <T> T intercept(StorageOperation operation, Request<T> request) throws IOException {
        before.run();
        T result = request.send();
        after.run();
        return result;
    }
}
