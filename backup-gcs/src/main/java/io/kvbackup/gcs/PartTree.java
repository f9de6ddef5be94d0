package io.kvbackup.gcs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which parts a composed upload consists of. As soon as the next so many neighbours are there that one request can compose, they
 * become one part of the next level, so that any number of parts ends up as few. Safe for use by several threads.
 */
final class PartTree {
    /** The most objects that GCS composes by one request. */
    static final int MAX_SOURCES = 32;

    /**
     * A part.
     *
     * @param level 0 for one that was uploaded, else one more than that of its own parts
     * @param index among those of its level
     */
    record Part(int level, long index, String key) {}

    /** Neighbours that become one. */
    record Merge(List<String> sources, Part target) {}

    private final String upload;
    private final List<NavigableMap<Long, Part>> done = new ArrayList<>();
    private long uploaded;
    private int named;

    PartTree(String upload) {
        this.upload = upload;
    }

    /** The next part of the content. */
    synchronized Part next() {
        return part(0, uploaded++);
    }

    private Part part(int level, long index) {
        return new Part(level, index, PartFolder.key(upload, ++named));
    }

    /** To be called once a part is in the store; what has to be merged now, if anything. */
    synchronized Optional<Merge> done(Part part) {
        while (done.size() <= part.level()) {
            done.add(new TreeMap<>());
        }
        NavigableMap<Long, Part> level = done.get(part.level());
        level.put(part.index(), part);
        long group = part.index() / MAX_SOURCES;
        NavigableMap<Long, Part> neighbours = level.subMap(group * MAX_SOURCES, true, (group + 1) * MAX_SOURCES, false);
        if (neighbours.size() < MAX_SOURCES) {
            return Optional.empty();
        }
        List<String> sources = neighbours.values().stream().map(Part::key).toList();
        neighbours.clear();
        return Optional.of(new Merge(sources, part(part.level() + 1, group)));
    }

    /** What the content consists of, in its order, when all parts are there. */
    synchronized List<String> roots() {
        return done.stream()
                .flatMap(level -> level.values().stream())
                .sorted(Comparator.comparingInt(Part::level).reversed().thenComparingLong(Part::index))
                .map(Part::key)
                .toList();
    }

    /** A part for the last of too many {@link #roots}. */
    synchronized String keyOfRest() {
        return PartFolder.key(upload, ++named);
    }
}
