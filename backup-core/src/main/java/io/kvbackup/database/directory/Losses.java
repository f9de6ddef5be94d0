package io.kvbackup.database.directory;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a restore could not give back, to tell once: how many paths of a kind, and the first of them. Used by one
 * thread.
 */
final class Losses {
    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Map<String, String> first = new LinkedHashMap<>();

    void owner(Path path, Exception why) {
        add("owners or groups", path, why.toString());
    }

    void special(Path path, String why) {
        add("set-id or sticky bits", path, why);
    }

    void otherName(Path path, Exception why) {
        add("hard links", path, why.toString());
    }

    void attribute(Path path, Exception why) {
        add("extended attributes", path, why.toString());
    }

    void time(Path path, Instant wanted, Instant now) {
        add("times", path, "it should be " + wanted + ", which the file system made " + now);
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return counts.isEmpty();
    }

    private void add(String kind, Path path, String why) {
        counts.merge(kind, 1, Integer::sum);
        first.putIfAbsent(kind, path + ": " + why);
    }

    void tell(String database) {
        counts.forEach((kind, count) -> LOG.warn(
                "restore of database {}: {} of {} paths could not be given back, first of {}",
                database,
                kind,
                count,
                first.get(kind)));
    }
}
