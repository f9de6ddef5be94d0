package io.kvbackup.gcs;

import com.google.cloud.storage.Storage;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link GcsStorageClient}. {@link #build} throws {@link IllegalArgumentException}, with the value, for
 * one that makes no sense. Not safe for use by several threads.
 */
public final class GcsStorageClientBuilder {
    private final Storage storage;
    private final String bucket;
    private String prefix = "";
    private int chunkSize = GcsSettings.DEFAULTS.chunkSize();
    private @Nullable String storageClass;
    private @Nullable String kmsKey;
    private Duration attemptTimeout = GcsSettings.DEFAULTS.attemptTimeout();
    private Duration callTimeout = GcsSettings.DEFAULTS.callTimeout();
    private Duration firstPause = GcsSettings.DEFAULTS.firstPause();
    private Retries.Sleeper sleeper = Retries.THREAD;
    private Supplier<Random> random = ThreadLocalRandom::current;
    private Supplier<String> ids = () -> UUID.randomUUID().toString();
    private boolean owned;

    GcsStorageClientBuilder(Storage storage, String bucket) {
        this.storage = storage;
        this.bucket = bucket;
    }

    /** What the names of all objects start with, without a slash at either end; at most 123 bytes. Empty by default. */
    public GcsStorageClientBuilder prefix(String prefix) {
        this.prefix = prefix;
        return this;
    }

    /** Size of the chunks of an upload, in bytes: a multiple of 256 KiB, up to 256 MiB; 8 MiB by default. */
    public GcsStorageClientBuilder chunkSize(int bytes) {
        this.chunkSize = bytes;
        return this;
    }

    /** {@code STANDARD}, {@code NEARLINE}, {@code COLDLINE} or {@code ARCHIVE}. By default the bucket decides. */
    public GcsStorageClientBuilder storageClass(@Nullable String storageClass) {
        this.storageClass = storageClass;
        return this;
    }

    /** Resource name of the key that encrypts new objects. By default the bucket decides. */
    public GcsStorageClientBuilder kmsKey(@Nullable String kmsKey) {
        this.kmsKey = kmsKey;
        return this;
    }

    /**
     * Deadlines of requests. The retries of the host's {@link Storage} are not used: whatever may be sent twice is, and
     * here that is everything. Its time-outs hold as well.
     *
     * @param attempt for one attempt, in which a chunk must be sent; 1 minute by default
     * @param call no attempt starts later than that after the first one; 5 minutes by default. There may be any number
     *     until then, with pauses that grow to 20 seconds
     */
    public GcsStorageClientBuilder timeouts(Duration attempt, Duration call) {
        this.attemptTimeout = attempt;
        this.callTimeout = call;
        return this;
    }

    GcsStorageClientBuilder settings(GcsSettings settings) {
        this.firstPause = settings.firstPause();
        return chunkSize(settings.chunkSize())
                .storageClass(settings.storageClass())
                .kmsKey(settings.kmsKey())
                .timeouts(settings.attemptTimeout(), settings.callTimeout());
    }

    GcsStorageClientBuilder pauses(Duration first, Retries.Sleeper sleeper, Random random) {
        this.firstPause = first;
        this.sleeper = sleeper;
        this.random = () -> random;
        return this;
    }

    GcsStorageClientBuilder ids(Supplier<String> ids) {
        this.ids = ids;
        return this;
    }

    /** Makes the client the owner of the vendor's client. */
    GcsStorageClientBuilder owning() {
        owned = true;
        return this;
    }

    /**
     * Makes the client. Does not contact the store.
     *
     * @throws IllegalArgumentException also if the host's {@link Storage} does not use HTTP
     */
    public GcsStorageClient build() {
        GcsPlace place = new GcsPlace(bucket, prefix);
        GcsSettings settings =
                new GcsSettings(chunkSize, storageClass, kmsKey, attemptTimeout, callTimeout, firstPause);
        GcsSession session = new GcsSession(
                GcsClients.withoutRetries(storage),
                ApiRequests.of(storage.getOptions(), place, settings),
                place,
                settings,
                new Retries(settings, sleeper, random));
        return new GcsStorageClient(session, ids, owned ? storage : null);
    }
}
