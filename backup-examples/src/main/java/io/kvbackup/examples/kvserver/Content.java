package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a database holds. Guarded by the lock of {@link JsonDatabases}; values are never changed in place. */
final class Content {
    private final Map<String, NavigableMap<byte[], JsonNode>> sets = new TreeMap<>();
    private final Map<String, Index> indexes = new TreeMap<>();
    private final @Nullable AuthBackup auth;

    Content(@Nullable AuthBackup auth) {
        this.auth = auth;
    }

    static NavigableMap<byte[], JsonNode> noEntries() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    /** The live entries of all sets, by keys in UTF-8. */
    Map<String, NavigableMap<byte[], JsonNode>> sets() {
        return sets;
    }

    Map<String, Index> indexes() {
        return indexes;
    }

    @Nullable
    AuthBackup auth() {
        return auth;
    }

    void put(String set, byte[] key, JsonNode value) {
        remove(set, key);
        sets.computeIfAbsent(set, name -> noEntries()).put(key, value);
        indexes.values().stream().filter(index -> index.isOver(set)).forEach(index -> index.add(key, value));
    }

    @Nullable
    JsonNode remove(String set, byte[] key) {
        NavigableMap<byte[], JsonNode> entries = sets.get(set);
        JsonNode old = entries == null ? null : entries.remove(key);
        if (old != null) {
            indexes.values().stream().filter(index -> index.isOver(set)).forEach(index -> index.remove(key, old));
        }
        return old;
    }

    /** Adds an index over a set that exists, with the entries that the set has. */
    void addIndex(IndexBackup description) {
        Index index = new Index(description);
        sets.getOrDefault(description.setName(), noEntries()).forEach(index::add);
        indexes.put(description.name(), index);
    }

    DatabaseBackup header(String name) {
        List<SetBackup> headers = sets.keySet().stream()
                .map(set -> new SetBackup(set, Encoding.TEXT, Encoding.JSON))
                .toList();
        return DatabaseBackup.of(
                name, headers, indexes.values().stream().map(Index::description).toList(), auth);
    }
}
