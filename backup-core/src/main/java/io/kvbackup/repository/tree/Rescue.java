package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;

/** Finds what is lost or damaged elsewhere. Safe for use by several threads. */
interface Rescue {
    /** There is nowhere else. */
    Rescue NONE = (item, damage) -> {
        throw damage;
    };

    /**
     * The same content in another place.
     *
     * @param ref with the same digest
     * @param frame in which it lies, decoded
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(Ref ref, byte[] frame) {}

    /**
     * Looks for it.
     *
     * @param damage says why it is needed
     * @throws CorruptBackupException {@code damage}, if it is nowhere
     */
    Found find(Item item, CorruptBackupException damage) throws IOException;
}
