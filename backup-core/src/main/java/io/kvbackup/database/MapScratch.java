package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Databases of maps for drills. */
final class MapScratch {
    private MapScratch() {}

    /** Of bytes, made after a header. */
    static Database of(DatabaseBackup header) {
        MapDatabase.Builder builder = MapDatabase.builder(header.name());
        for (String set : header.sets().keySet()) {
            builder.set(set, new ConcurrentSkipListMap<>(Arrays::compareUnsigned), Codec.bytes(), Codec.bytes());
        }
        return builder.build();
    }

    /** With empty maps in the place of those of a host, and the same codecs. */
    static Database like(Map<String, MapSet<?, ?>> sets, DatabaseBackup header) {
        MapDatabase.Builder builder = MapDatabase.builder(header.name());
        sets.values().forEach(set -> add(builder, set));
        return builder.build();
    }

    private static <K, V> void add(MapDatabase.Builder builder, MapSet<K, V> set) {
        ConcurrentMap<K, V> empty = set.map() instanceof SortedMap<K, V> sorted
                ? new ConcurrentSkipListMap<>(sorted.comparator())
                : new ConcurrentHashMap<>();
        builder.set(set.header().name(), empty, set.keys(), set.values());
    }
}
