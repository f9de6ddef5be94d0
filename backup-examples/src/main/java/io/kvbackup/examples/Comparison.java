package io.kvbackup.examples;

import java.io.IOException;
import java.util.Arrays;

/**
 * The live data held against the records that were loaded.
 *
 * @param same records that are exactly as they were loaded
 * @param different records that are missing or have another value
 * @param invented records in the database that were never loaded
 */
record Comparison(long same, long different, long invented) {
    static Comparison of(PackageStore store, PackageRecords records) throws IOException {
        long[] found = new long[3];
        records.forEach((key, value) -> {
            byte[] live = store.get(key);
            found[Arrays.equals(live, value) ? 0 : live.length == 0 ? 1 : 2]++;
        });
        return new Comparison(found[0], found[1] + found[2], store.count() - found[0] - found[2]);
    }

    boolean isEqual() {
        return different == 0 && invented == 0;
    }

    @Override
    public String toString() {
        return String.format("%,d records equal, %,d missing or different, %,d too many", same, different, invented);
    }
}
