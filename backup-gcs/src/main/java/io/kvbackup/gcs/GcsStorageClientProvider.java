package io.kvbackup.gcs;

import com.google.cloud.storage.Storage;
import io.kvbackup.objectstore.OptionValues;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageClientProvider;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Opens {@code gs://bucket/prefix?option=value&...}.
 *
 * <table>
 * <caption>Options, all optional</caption>
 * <tr><th>name</th><th>value</th></tr>
 * <tr><td>{@code credentials}</td><td>path of a service account's JSON key file; {@code default} for what Google's
 * libraries find (application default credentials); {@code none} for a store without access control. By default
 * {@code none} with an {@code http:} endpoint, else {@code default}</td></tr>
 * <tr><td>{@code endpoint}</td><td>address of another store that speaks the JSON API, without a path:
 * {@code https://store.example.com:4443}</td></tr>
 * <tr><td>{@code project}</td><td>by default that of the credentials</td></tr>
 * <tr><td>{@code chunkSize}</td><td>a multiple of 256 KiB, up to 256 MiB: {@code 16MiB}; held in memory by every upload
 * that is under way; by default 8 MiB</td></tr>
 * <tr><td>{@code storageClass}</td><td>{@code STANDARD}, {@code NEARLINE}, {@code COLDLINE} or {@code ARCHIVE}; by
 * default the bucket decides</td></tr>
 * <tr><td>{@code kmsKey}</td><td>{@code projects/P/locations/L/keyRings/R/cryptoKeys/K}; by default the bucket
 * decides</td></tr>
 * <tr><td>{@code attemptTimeout}, {@code callTimeout}</td><td>deadline of a request without and with its retries, in
 * which a chunk must be sent: {@code 30s},
 * {@code 5m}; by default 1 and 5 minutes</td></tr>
 * <tr><td>{@code connectTimeout}</td><td>by default 5 seconds</td></tr>
 * </table>
 */
public final class GcsStorageClientProvider implements StorageClientProvider {
    private static final Set<String> OPTIONS = Set.of(
            "credentials",
            "endpoint",
            "project",
            "chunkSize",
            "storageClass",
            "kmsKey",
            "attemptTimeout",
            "callTimeout",
            "connectTimeout");

    /** For {@link java.util.ServiceLoader}. */
    public GcsStorageClientProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("gs");
    }

    @Override
    public Set<String> optionNames() {
        return OPTIONS;
    }

    @Override
    public StorageClient open(StorageUri uri, Map<String, String> options) throws IOException {
        OptionValues values = new OptionValues(options);
        GcsPlace place = new GcsPlace(uri.authority(), uri.path());
        GcsSettings settings = settings(values);
        Storage storage = GcsClients.create(GcsConnection.parse(values), settings);
        return new GcsStorageClientBuilder(storage, place.bucket())
                .prefix(place.prefix())
                .settings(settings)
                .owning()
                .build();
    }

    private static GcsSettings settings(OptionValues values) {
        return new GcsSettings(
                values.arraySize("chunkSize", GcsSettings.DEFAULTS.chunkSize()),
                values.text("storageClass"),
                values.text("kmsKey"),
                values.intMillis("attemptTimeout", GcsSettings.DEFAULTS.attemptTimeout()),
                values.intMillis("callTimeout", GcsSettings.DEFAULTS.callTimeout()),
                GcsSettings.DEFAULTS.firstPause());
    }
}
