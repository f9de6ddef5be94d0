package io.kvbackup.storage.retry;

import java.io.IOException;

/** A request to a store. */
@FunctionalInterface
interface StoreCall<T> {
    T run() throws IOException;
}
