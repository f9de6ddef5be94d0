package io.kvbackup.storage.retry;

import java.io.IOException;
import java.util.Random;

/** What the parts of {@link RetryingStorageClient} share: policy, threads and time. */
record RetryScope(RetryPolicy policy, StoreWorkers workers, RetryTime time, Random random) {
    RetryScope withPolicy(RetryPolicy other) {
        return new RetryScope(other, workers, time, random);
    }

    RetryLoop loop(String operation) {
        return new RetryLoop(operation, policy, time, random);
    }

    /** Runs a request until it succeeds or another attempt makes no sense. */
    <T> T run(String operation, StoreCall<T> call) throws IOException {
        RetryLoop loop = loop(operation);
        while (true) {
            try {
                return workers.call(operation, loop.limit(), call);
            } catch (IOException e) {
                loop.failed(e);
            }
        }
    }
}
