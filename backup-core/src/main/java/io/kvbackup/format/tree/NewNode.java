package io.kvbackup.format.tree;

import java.util.List;

/**
 * A node that is being written.
 *
 * @param level 1 or more
 * @param refs what it holds; their places need not be settled before {@link #encode}
 */
record NewNode(int level, List<Ref> refs) {
    NewNode {
        if (level < 1 || level > Ref.MAX_LEVEL || refs.isEmpty() || refs.size() > Node.MAX_REFS) {
            throw new IllegalArgumentException("no node: level " + level + " with " + refs.size() + " references");
        }
        refs = List.copyOf(refs);
    }

    /** A reference to it. */
    Ref at(Place place) {
        BytesOut content = new BytesOut(64 * refs.size());
        RefList.writeContent(refs, level - 1, content);
        Digest digest = new Digester().digest(level, content.array(), 0, content.size());
        long entries = refs.stream().mapToLong(Ref::entries).reduce(0, Math::addExact);
        long bytes = refs.stream().mapToLong(Ref::bytes).reduce(0, Math::addExact);
        return new Ref(level, refs.get(refs.size() - 1).lastKey(), digest, entries, bytes, place);
    }

    /** Its bytes. All places must be settled. */
    byte[] encode() {
        BytesOut to = new BytesOut(80 * refs.size());
        RefList.writeContent(refs, level - 1, to);
        RefList.writeLocations(refs, to);
        return to.toBytes();
    }
}
