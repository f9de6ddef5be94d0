package io.kvbackup.host;

import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.StorageClient;

/**
 * Which part of which store a client works on, as far as that can be known for certain: two clients are of one store if
 * they are, or are made of, the very same client. Of two that were opened apart nobody can tell: names, endpoints and
 * credentials may differ for one store and agree for two.
 */
public record StorePlace(StorageClient whole, String probe) {
    public static StorePlace of(StorageClient client) {
        return client instanceof PrefixedStorageClient part
                ? new StorePlace(part.whole(), part.keyInWhole("k"))
                : new StorePlace(client, "k");
    }

    public boolean isInStoreOf(StorePlace other) {
        return whole == other.whole;
    }

    public boolean isSameAs(StorePlace other) {
        return isInStoreOf(other) && probe.equals(other.probe);
    }

    /** The key in the whole store of what has {@code key} here. */
    public String keyInWhole(String key) {
        return probe.substring(0, probe.length() - 1) + key;
    }
}
