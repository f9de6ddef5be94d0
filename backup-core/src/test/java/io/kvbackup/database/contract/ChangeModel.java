package io.kvbackup.database.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Applies changes, commit by commit, and fails if positions or times go back. Knows what it held at each commit. */
public final class ChangeModel implements ChangeVisitor {
    /** A transaction that was applied. */
    public record Commit(long position, Instant time, List<Change> changes) {}

    /** A change of one transaction. */
    @FunctionalInterface
    public interface Change {
        void applyTo(Map<String, NavigableMap<byte[], byte[]>> sets);
    }

    private final Map<String, NavigableMap<byte[], byte[]>> start = new TreeMap<>();
    private final Map<String, NavigableMap<byte[], byte[]>> sets = new TreeMap<>();
    private final List<Change> pending = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();

    private ChangeModel() {}

    /** One that begins with what a database held. */
    public static ChangeModel startingWith(Map<String, NavigableMap<byte[], byte[]>> content) {
        ChangeModel model = new ChangeModel();
        content.forEach((set, entries) -> {
            of(model.start, set).putAll(entries);
            of(model.sets, set).putAll(entries);
        });
        return model;
    }

    @Override
    public void put(String set, byte[] key, byte[] value) {
        pending.add(all -> of(all, set).put(key, value));
    }

    @Override
    public void delete(String set, byte[] key) {
        pending.add(all -> of(all, set).remove(key));
    }

    @Override
    public void deleteRange(String set, KeyRange keys) {
        pending.add(all -> of(all, set).keySet().removeIf(keys::contains));
    }

    @Override
    public void commit(long position, Instant time) {
        assertThat(time.truncatedTo(ChronoUnit.MILLIS)).as("whole milliseconds").isEqualTo(time);
        if (!commits.isEmpty()) {
            assertThat(Long.compareUnsigned(position, lastPosition()))
                    .as("position %d after %d", position, lastPosition())
                    .isPositive();
            assertThat(time).isAfterOrEqualTo(commits.get(commits.size() - 1).time());
        }
        pending.forEach(change -> change.applyTo(sets));
        commits.add(new Commit(position, time, List.copyOf(pending)));
        pending.clear();
    }

    /** Applies a transaction that another model has. */
    void replay(Commit commit) {
        pending.addAll(commit.changes());
        commit(commit.position(), commit.time());
    }

    /** Reads until there is nothing more; tells how many commits came. */
    public int readAll(ChangeReader from) throws IOException {
        int before = commits.size();
        while (from.read(this, 1 << 20)) {
            // Until there is none.
        }
        assertThat(pending).as("changes after the last commit").isEmpty();
        return commits.size() - before;
    }

    /** What a set holds now. */
    public NavigableMap<byte[], byte[]> entries(String set) {
        return of(sets, set);
    }

    public List<Commit> commits() {
        return commits;
    }

    public long lastPosition() {
        return commits.get(commits.size() - 1).position();
    }

    /** What all sets held after the last commit that is not after a position. */
    public Map<String, NavigableMap<byte[], byte[]>> at(long position) {
        Map<String, NavigableMap<byte[], byte[]>> then = new TreeMap<>();
        start.forEach((set, entries) -> of(then, set).putAll(entries));
        commits.stream()
                .takeWhile(commit -> Long.compareUnsigned(commit.position(), position) <= 0)
                .forEach(commit -> commit.changes().forEach(change -> change.applyTo(then)));
        return then;
    }

    private static NavigableMap<byte[], byte[]> of(Map<String, NavigableMap<byte[], byte[]>> sets, String set) {
        return sets.computeIfAbsent(set, name -> DatabaseContents.empty());
    }
}
