package io.kvbackup.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What a faulty release of the host might do to its live data: delete, overwrite and invent records. */
final class Damage {
    private static final int ONE_IN = 10;
    private static final int INVENTED = 50;

    private final Random random;
    private long deleted;
    private long overwritten;

    /** @param seed decides which records are hit */
    Damage(long seed) {
        random = new Random(seed);
    }

    void strike(PackageStore store, PackageRecords records) throws IOException {
        records.forEach((key, value) -> {
            int fate = random.nextInt(ONE_IN);
            if (fate == 0) {
                store.delete(key);
                deleted++;
            } else if (fate == 1) {
                store.put(key, "{\"broken\":true}".getBytes(StandardCharsets.UTF_8));
                overwritten++;
            }
        });
        for (int i = 0; i < INVENTED; i++) {
            store.put(("zz-invented-" + i).getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public String toString() {
        return String.format("%,d records deleted, %,d overwritten, %,d invented", deleted, overwritten, INVENTED);
    }
}
