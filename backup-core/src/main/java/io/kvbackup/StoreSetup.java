package io.kvbackup;

import io.kvbackup.host.StoreAccess;
import io.kvbackup.host.StorePlace;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.throttle.RateLimit;
import java.io.IOException;
import java.time.Clock;
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

    @Nullable
    Boolean exclusiveWriter;

    @Nullable
    StorageCheck check;

    @Nullable
    Boolean create;

    /** Opens the store. */
    StoreAccess open(Settings settings, Clock clock) throws IOException {
        RateLimit uploads = limit(uploadLimit, settings, Settings.Key.UPLOAD_LIMIT);
        RateLimit downloads = limit(downloadLimit, settings, Settings.Key.DOWNLOAD_LIMIT);
        RetryPolicy retries = Objects.requireNonNullElse(retryPolicy, RetryPolicy.defaults());
        boolean alone = exclusiveWriter != null
                ? exclusiveWriter
                : settings.flag(Settings.Key.EXCLUSIVE_WRITER).orElse(false);
        StorageClient store = bare(settings);
        return new StoreAccess(
                store,
                client != null,
                retries,
                uploads,
                downloads,
                alone,
                Optional.ofNullable(check),
                creation(settings, store),
                clock);
    }

    private StoreIdentity.Creation creation(Settings settings, StorageClient store) {
        Optional<Boolean> chosen = Optional.ofNullable(create).or(() -> settings.flag(Settings.Key.CREATE_STORE));
        if (chosen.isPresent()) {
            return chosen.get() ? StoreIdentity.Creation.EXPECTED : StoreIdentity.Creation.NEVER;
        }
        // What lives no longer than the process cannot be there before it.
        return StorePlace.of(store).whole() instanceof MemoryStorageClient
                ? StoreIdentity.Creation.EXPECTED
                : StoreIdentity.Creation.BY_WRITERS;
    }

    private StorageClient bare(Settings settings) throws IOException {
        if (client != null) {
            return client;
        }
        return StorageClient.open(Optional.ofNullable(uri)
                .or(settings::storage)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no storage; set it with BackupManager.builder().storage(…), the property "
                                + Settings.Key.STORAGE.property() + " or the variable "
                                + Settings.Key.STORAGE.variable())));
    }

    private static RateLimit limit(@Nullable RateLimit chosen, Settings settings, Settings.Key key) {
        OptionalLong given = settings.bytes(key);
        if (chosen != null || given.isEmpty()) {
            return Objects.requireNonNullElseGet(chosen, RateLimit::unlimited);
        }
        if (given.getAsLong() < 1) {
            throw new IllegalArgumentException("setting " + settings.name(key)
                    + " is 0; it must be at least 1 byte per second; leave it out for no limit");
        }
        return RateLimit.bytesPerSecond(given.getAsLong());
    }
}
