package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListMap;

/** A database of maps of bytes, made after a header. */
final class MapScratch {
    private MapScratch() {}

    static Database of(DatabaseBackup header) {
        MapDatabase.Builder builder = MapDatabase.builder(header.name());
        for (String set : header.sets().keySet()) {
            builder.set(set, new ConcurrentSkipListMap<>(Arrays::compareUnsigned), Codec.bytes(), Codec.bytes());
        }
        return builder.build();
    }
}
