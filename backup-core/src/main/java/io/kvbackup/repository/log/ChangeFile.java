package io.kvbackup.repository.log;

import io.kvbackup.disk.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sorted changes in a temporary file, set by set: 4 bytes length of the key, key, 4 bytes length of the value (negative
 * if the key is gone), value.
 *
 * @param number how many changes of the log there were when it was written: deletions of ranges with a greater number
 *     came later
 * @param level how often changes in it have been merged
 * @param places of the sets that are in it
 */
record ChangeFile(Path path, long number, int level, Map<String, Place> places) {
    private static final int BUFFER = 32 << 10;
    private static final int GONE = -1;

    /** Where the changes of a set begin, and how many there are. */
    record Place(long offset, long count) {}

    /** Opens the changes of a set that are to be written. */
    interface Source {
        ChangeCursor open(String set) throws IOException;
    }

    static ChangeFile write(Path path, long number, int level, Collection<String> sets, Source source)
            throws IOException {
        Map<String, Place> places = new HashMap<>();
        long offset = 0;
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(PrivateFiles.newFile(path), BUFFER))) {
            for (String set : sets) {
                long begin = offset;
                long count = 0;
                try (ChangeCursor changes = source.open(set)) {
                    for (; changes.next(); count++) {
                        offset += write(changes.key(), changes.value(), out);
                    }
                }
                places.put(set, new Place(begin, count));
            }
        }
        return new ChangeFile(path, number, level, places);
    }

    private static long write(byte[] key, byte @Nullable [] value, DataOutputStream out) throws IOException {
        out.writeInt(key.length);
        out.write(key);
        out.writeInt(value == null ? GONE : value.length);
        if (value != null) {
            out.write(value);
        }
        return 2L * Integer.BYTES + key.length + (value == null ? 0 : value.length);
    }

    /** Opens the changes of a set; empty if there are none. */
    @Nullable
    ChangeCursor open(String set) throws IOException {
        Place place = places.get(set);
        if (place == null || place.count() == 0) {
            return null;
        }
        DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER));
        try {
            in.skipNBytes(place.offset());
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return new Cursor(in, place.count());
    }

    private static final class Cursor implements ChangeCursor {
        private final DataInputStream in;
        private long left;
        private byte[] key = {};
        private byte @Nullable [] value;

        Cursor(DataInputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public boolean next() throws IOException {
            if (left == 0) {
                return false;
            }
            left--;
            key = in.readNBytes(in.readInt());
            int length = in.readInt();
            value = length == GONE ? null : in.readNBytes(length);
            return true;
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        public byte @Nullable [] value() {
            return value;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
