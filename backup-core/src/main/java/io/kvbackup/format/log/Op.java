package io.kvbackup.format.log;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.format.tree.BytesOut;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change, as it stands in a frame.
 *
 * @param code what it does
 * @param more the value of a put, the end of a range that has one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Op(int code, String set, byte[] key, byte @Nullable [] more) {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int DELETE_RANGE = 3;
    private static final int DELETE_FROM = 4;

    static Op put(String set, byte[] key, byte[] value) {
        return new Op(PUT, set, key, value);
    }

    static Op delete(String set, byte[] key) {
        return new Op(DELETE, set, key, null);
    }

    static Op deleteRange(String set, KeyRange keys) {
        return new Op(keys.to() == null ? DELETE_FROM : DELETE_RANGE, set, keys.from(), keys.to());
    }

    /** What it takes in a frame at most. */
    long bytes() {
        return 1 + 3L * BytesOut.MAX_VARINT + key.length + (more == null ? 0 : more.length);
    }

    void write(int set, BytesOut to) {
        to.int8(code).varint(set).varint(key.length).raw(key);
        if (more != null) {
            to.varint(more.length).raw(more);
        }
    }

    static Op read(BytesIn in, List<String> sets) throws CorruptBackupException {
        int code = in.int8("change");
        if (code < PUT || code > DELETE_FROM) {
            throw in.damaged("there are no changes of kind " + code);
        }
        int set = in.count("number of a set", 0, sets.size() - 1L);
        byte[] key = bytes(in, "key");
        byte[] more = code == PUT || code == DELETE_RANGE ? bytes(in, "value or end of a range") : null;
        if (code == DELETE_RANGE && Arrays.compareUnsigned(key, more) > 0) {
            throw in.damaged("a range of keys ends before it begins");
        }
        return new Op(code, sets.get(set), key, more);
    }

    private static byte[] bytes(BytesIn in, String what) throws CorruptBackupException {
        return in.take(in.count("length of a " + what, 0, in.left()), what);
    }

    void pushTo(ChangeVisitor to) throws IOException {
        switch (code) {
            case PUT -> to.put(set, key, Objects.requireNonNull(more));
            case DELETE -> to.delete(set, key);
            default -> to.deleteRange(set, new KeyRange(key, more));
        }
    }
}
