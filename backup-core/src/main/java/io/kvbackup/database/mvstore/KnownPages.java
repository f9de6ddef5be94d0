package io.kvbackup.database.mvstore;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.MurmurHash3;
import org.h2.mvstore.Page;

/**
 * Which leaf pages of a map are known to be in the order of encoded keys, so that only new ones are looked at. A page
 * is never changed once it is written: its position, within one open store, stands for its content. Safe for use by
 * several threads.
 */
final class KnownPages {
    /** Of more pages nothing is remembered: 8 bytes each, for a map of about 4 GiB. */
    private static final int MOST = 1 << 20;

    /** Positions mean nothing to another store, or to this one when it is opened again. */
    private final long store = new SecureRandom().nextLong();

    /** Hashes of places and bounds, sorted. */
    private volatile long[] known = {};

    /** Keys are not in the order of encoded keys. */
    static final class DisorderException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Whether the map's own order is that of the encoded keys. */
    <K, V> boolean ascend(LeafPages<K, V> pages) throws IOException {
        long[] before = known;
        LongStream.Builder found = LongStream.builder();
        int[] count = {0};
        try {
            pages.walk((keys, position, page) -> {
                long id = hash(keys, position);
                if (position == 0 || Arrays.binarySearch(before, id) < 0) {
                    requireOrder(pages, keys, page.read());
                }
                if (position != 0 && ++count[0] <= MOST) {
                    found.add(id);
                }
            });
        } catch (DisorderException e) {
            return false;
        }
        known = found.build().sorted().toArray();
        return true;
    }

    private static <K, V> void requireOrder(LeafPages<K, V> pages, KeyRange keys, Page<K, V> page) throws IOException {
        byte[] previous = null;
        for (int i = 0; i < page.getKeyCount(); i++) {
            byte[] key = pages.encode(page.getKey(i));
            if (!keys.contains(key) || (previous != null && Arrays.compareUnsigned(previous, key) >= 0)) {
                throw new DisorderException();
            }
            previous = key;
        }
    }

    private static long hash(KeyRange keys, long position) {
        byte[] to = keys.to();
        byte[] end = to == null ? new byte[0] : to;
        byte[] all = ByteBuffer.allocate(2 * Long.BYTES + keys.from().length + end.length)
                .putLong(position)
                .putInt(to == null ? -1 : end.length)
                .putInt(keys.from().length)
                .put(keys.from())
                .put(end)
                .array();
        return MurmurHash3.hash128x64(all, 0, all.length, 0)[0];
    }

    /** The pages as runs whose stamps are their positions. */
    DatabaseSnapshot.Runs runs(LeafPages<?, ?> pages) {
        return new DatabaseSnapshot.Runs() {
            @Override
            public void read(Visitor to) throws IOException {
                pages.walk((keys, position, page) -> to.visit(keys, stamp(position)));
            }

            @Override
            public boolean areLasting() {
                return false;
            }
        };
    }

    private byte[] stamp(long position) {
        return position == 0
                ? new byte[0]
                : ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(store)
                        .putLong(position)
                        .array();
    }
}
