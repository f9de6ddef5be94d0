package io.kvbackup.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A named collection of entries inside a database.
 *
 * <p>As part of a header {@link #data()} is empty: entries are streamed, not held. Only a {@code FullBackup} that was
 * read into memory has them here.
 *
 * @param name unique within the database
 * @param keys encoding of the keys, {@link Encoding#TEXT} or {@link Encoding#BINARY}
 * @param values encoding of the values
 * @param data entries in unsigned lexicographic key order, read-only
 */
public record SetBackup(String name, Encoding keys, Encoding values, NavigableMap<byte[], byte[]> data) {
    public SetBackup {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(values, "values");
        if (Objects.requireNonNull(keys, "keys") == Encoding.JSON) {
            throw new IllegalArgumentException("set " + name + ": keys are TEXT or BINARY, not JSON");
        }
        NavigableMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        sorted.putAll(data);
        data = Collections.unmodifiableNavigableMap(sorted);
    }

    /** A header: a set whose entries are streamed. */
    public SetBackup(String name, Encoding keys, Encoding values) {
        this(name, keys, values, Collections.emptyNavigableMap());
    }

    /** The value of a text key as text. */
    public Optional<String> get(String key) {
        byte[] value = data.get(key.getBytes(StandardCharsets.UTF_8));
        return Optional.ofNullable(value).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SetBackup set
                && name.equals(set.name)
                && keys == set.keys
                && values == set.values
                && sameData(data, set.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, keys, values, data.size());
    }

    private static boolean sameData(NavigableMap<byte[], byte[]> ours, NavigableMap<byte[], byte[]> theirs) {
        return ours.size() == theirs.size()
                && ours.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), theirs.get(entry.getKey())));
    }

    @Override
    public String toString() {
        return "set " + name + " (" + keys + " to " + values + (data.isEmpty() ? "" : ", " + data.size() + " entries")
                + ")";
    }
}
