package io.kvbackup;

import io.kvbackup.storage.RateLimit;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.RetryingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.ThrottledStorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How a manager reaches its store: which one it is, and what is wrapped around it. For one thread. */
final class StoreSetup {
    @Nullable
    StorageUri uri;

    @Nullable
    StorageClient client;

    @Nullable
    RetryPolicy retryPolicy;

    @Nullable
    RateLimit uploadLimit;

    @Nullable
    RateLimit downloadLimit;

    /** Opens the store and adds what must be closed with the manager to {@code owned}. */
    StorageClient open(Settings settings, List<Closeable> owned) throws IOException {
        StorageClient retrying = new RetryingStorageClient(
                bare(settings), Objects.requireNonNullElse(retryPolicy, RetryPolicy.defaults()));
        owned.add(retrying);
        return throttled(retrying, settings);
    }

    private StorageClient bare(Settings settings) throws IOException {
        if (client != null) {
            return new HostStorageClient(client);
        }
        return StorageClient.open(Optional.ofNullable(uri)
                .or(settings::storage)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no storage; set it with BackupManager.builder().storage(…), the property "
                                + Settings.Key.STORAGE.property() + " or the variable "
                                + Settings.Key.STORAGE.variable())));
    }

    /** Around the retries, so that waiting for bandwidth meets no deadline of a request. */
    private StorageClient throttled(StorageClient store, Settings settings) {
        RateLimit uploads = limit(uploadLimit, settings, Settings.Key.UPLOAD_LIMIT);
        RateLimit downloads = limit(downloadLimit, settings, Settings.Key.DOWNLOAD_LIMIT);
        return new ThrottledStorageClient(store, uploads, downloads);
    }

    private static RateLimit limit(@Nullable RateLimit chosen, Settings settings, Settings.Key key) {
        OptionalLong given = settings.bytes(key);
        if (chosen != null || given.isEmpty()) {
            return Objects.requireNonNullElseGet(chosen, RateLimit::unlimited);
        }
        if (given.getAsLong() < 1) {
            throw new IllegalArgumentException("setting " + key.property()
                    + " is 0; it must be at least 1 byte per second; leave it out for no limit");
        }
        return RateLimit.bytesPerSecond(given.getAsLong());
    }
}
