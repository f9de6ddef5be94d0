package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.List;
import java.util.Optional;

/**
 * A node of a tree: references to chunks (level 1) or to nodes of the level below, ascending by last key. Immutable.
 *
 * <p>In bytes it is a content part and a location part; the digest covers the level and the content part alone.
 */
public final class Node {
    /** A level is cut after so many references, whatever their keys. */
    public static final int MAX_REFS = 1024;

    private final Ref self;
    private final List<Ref> refs;

    private Node(Ref self, BytesIn in, List<RefList.Content> contents) throws CorruptBackupException {
        this.self = self;
        this.refs = List.copyOf(RefList.readLocations(in, contents, this));
    }

    /** The reference it was read by. */
    public Ref self() {
        return self;
    }

    /** 1 or more. */
    public int level() {
        return self.level();
    }

    public List<Ref> refs() {
        return refs;
    }

    /**
     * Reads a node and proves that it is the one that the reference means: digest, last key and counts.
     *
     * @param self a reference to a node
     * @param frame what its frame holds, decoded
     * @throws CorruptBackupException if it is not
     */
    public static Node decode(Ref self, byte[] frame) throws CorruptBackupException {
        Place place = self.place();
        if (self.isChunk()) {
            throw new IllegalArgumentException(self + " is read as a node");
        }
        requireInside(self, frame.length);
        requireDigest(self, frame);
        BytesIn in = new BytesIn(frame, place.offset(), place.length(), self);
        List<RefList.Content> contents = RefList.readContent(in, self.level() - 1, MAX_REFS);
        requireAgreement(self, contents, in);
        Node node = new Node(self, in, contents);
        in.requireEnd();
        return node;
    }

    /**
     * Shared prefixes let a small node claim large keys; nothing is made of it before it is known to be the right one.
     */
    private static void requireDigest(Ref self, byte[] frame) throws CorruptBackupException {
        int from = self.place().offset();
        BytesIn in = new BytesIn(frame, from, self.place().length(), self);
        RefList.skipContent(in);
        if (!new Digester()
                .digest(self.level(), frame, from, in.position() - from)
                .equals(self.digest())) {
            throw in.damaged("the digest does not fit");
        }
    }

    static void requireInside(Ref ref, int frameBytes) throws CorruptBackupException {
        Place place = ref.place();
        if (place.length() > frameBytes - place.offset()) {
            throw new CorruptBackupException(ref + " should end at " + (place.offset() + place.length())
                    + ", and its frame holds " + frameBytes + " bytes");
        }
    }

    private static void requireAgreement(Ref self, List<RefList.Content> contents, BytesIn in)
            throws CorruptBackupException {
        long entries = 0;
        long bytes = 0;
        for (RefList.Content content : contents) {
            entries += content.entries();
            bytes += content.bytes();
            if (entries < 0 || bytes < 0) {
                throw in.damaged("its counts are greater than 2^63");
            }
        }
        byte[] lastKey = contents.get(contents.size() - 1).lastKey();
        if (entries != self.entries() || bytes != self.bytes() || !java.util.Arrays.equals(lastKey, self.lastKey())) {
            throw in.damaged("holds " + entries + " entries in " + bytes + " bytes; who refers to it says "
                    + self.entries() + " in " + self.bytes() + ", or another last key");
        }
    }

    /**
     * The reference to the node of an earlier tree that holds exactly these references, which were read from it. The
     * same node then lies there already, and all below it where they say. Empty if there is none.
     */
    public static Optional<Ref> holding(List<Ref> refs) {
        Node home = refs.get(0).home();
        if (home == null || home.refs.size() != refs.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < refs.size(); i++) {
            if (refs.get(i) != home.refs.get(i)) {
                return Optional.empty();
            }
        }
        return Optional.of(home.self);
    }

    @Override
    public String toString() {
        return self.toString();
    }
}
