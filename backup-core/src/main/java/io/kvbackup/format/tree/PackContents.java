package io.kvbackup.format.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps what the footer of a pack will say. */
final class PackContents {
    private final List<PackFooter.Frame> frames = new ArrayList<>();
    private final Map<String, Map<byte[], Ref>> sets = new LinkedHashMap<>();

    void frame(FrameHead head, long offset) {
        frames.add(new PackFooter.Frame(head.kind(), offset, head.storedLength(), head.plainLength()));
    }

    private Map<byte[], Ref> set(String name) {
        return sets.computeIfAbsent(name, any -> new TreeMap<>(Arrays::compareUnsigned));
    }

    void chunk(String set, Ref chunk) {
        set(set).put(chunk.lastKey(), chunk);
    }

    /** @param refs the chunks that it names, which need not be listed then */
    void node(String set, Ref node, List<Ref> refs) {
        Map<byte[], Ref> listed = set(set);
        refs.forEach(ref -> listed.remove(ref.lastKey()));
        listed.put(node.lastKey(), node);
    }

    boolean isEmpty() {
        return sets.isEmpty();
    }

    PackFooter footer() {
        Map<String, List<Ref>> refs = new LinkedHashMap<>();
        sets.forEach((set, listed) -> refs.put(set, List.copyOf(listed.values())));
        return new PackFooter(frames, refs);
    }
}
