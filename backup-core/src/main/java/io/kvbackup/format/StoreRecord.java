package io.kvbackup.format;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a store says of itself.
 *
 * @param id random, of this store and no other
 * @param created when the first writer came, by its clock; for people
 * @param requiredFeatures what whoever reads the store must know beyond the format version
 */
public record StoreRecord(String id, Instant created, List<String> requiredFeatures) {
    public StoreRecord {
        Objects.requireNonNull(created, "created");
        if (id.isBlank() || id.length() > 100) {
            throw new IllegalArgumentException("the id of a store has 1 to 100 characters, not '" + id + "'");
        }
        requiredFeatures = List.copyOf(requiredFeatures);
    }
}
