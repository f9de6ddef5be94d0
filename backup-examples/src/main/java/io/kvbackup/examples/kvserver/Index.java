package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.IndexBackup;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The keys of a set by the value of one field. Guarded by the lock of its database. */
final class Index {
    static final int BASIC = 0;
    static final int SORTABLE = 1;

    private final IndexBackup description;
    private final Map<String, NavigableSet<byte[]>> keys = new HashMap<>();

    Index(IndexBackup description) {
        this.description = description;
    }

    IndexBackup description() {
        return description;
    }

    boolean isOver(String set) {
        return description.setName().equals(set);
    }

    void add(byte[] key, JsonNode value) {
        JsonNode field = value.path(description.field());
        if (field.isValueNode()) {
            keys.computeIfAbsent(field.asText(), text -> new TreeSet<>(Arrays::compareUnsigned))
                    .add(key);
        }
    }

    void remove(byte[] key, JsonNode value) {
        JsonNode field = value.path(description.field());
        if (field.isValueNode()) {
            keys.computeIfPresent(field.asText(), (text, all) -> {
                all.remove(key);
                return all.isEmpty() ? null : all;
            });
        }
    }

    /** In the order of the keys. */
    NavigableSet<byte[]> find(String value) {
        return keys.getOrDefault(value, Collections.emptyNavigableSet());
    }

    /** Compares values by a field: numbers by size, all else as text; those without the field come last, either way. */
    static Comparator<JsonNode> by(String field, boolean ascending) {
        Comparator<JsonNode> order = Index::compare;
        Comparator<JsonNode> directed = ascending ? order : order.reversed();
        return (left, right) -> {
            JsonNode one = left.path(field);
            JsonNode other = right.path(field);
            return one.isValueNode() && other.isValueNode()
                    ? directed.compare(one, other)
                    : Boolean.compare(other.isValueNode(), one.isValueNode());
        };
    }

    private static int compare(JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            return left.decimalValue().compareTo(right.decimalValue());
        }
        int kinds = Boolean.compare(right.isNumber(), left.isNumber());
        return kinds != 0 ? kinds : left.asText().compareTo(right.asText());
    }
}
