package io.kvbackup.repository.tree;

import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A node or chunk of a set that is to be read.
 *
 * @param set its number among those that are read together
 * @param after all its keys are greater; null if there is no bound
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Item(int set, Ref ref, byte @Nullable [] after) {
    /** Whether any key of the range can be below. */
    boolean mayHold(KeyRange keys) {
        if (Arrays.compareUnsigned(ref.lastKey(), keys.from()) < 0) {
            return false;
        }
        byte[] to = keys.to();
        // The least key after another is that with a zero behind it.
        return to == null
                || Arrays.compareUnsigned(after == null ? new byte[0] : Arrays.copyOf(after, after.length + 1), to) < 0;
    }

    /** Adds what the node of this item refers to and may hold keys of the range. */
    void addBelow(Node node, KeyRange keys, Queue<Item> to) throws CorruptBackupException {
        List<Ref> refs = node.refs();
        byte[] former = after;
        for (Ref each : refs) {
            if (former != null && Arrays.compareUnsigned(each.lastKey(), former) <= 0) {
                throw new CorruptBackupException(ref + ": its keys are not after those of the node before it");
            }
            Item below = new Item(set, each, former);
            if (below.mayHold(keys)) {
                to.add(below);
            }
            former = each.lastKey();
        }
    }
}
