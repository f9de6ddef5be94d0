package io.kvbackup;

import io.kvbackup.repository.MergedEntries;
import io.kvbackup.repository.StoredContents;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The differences of two backups, key by key, found one by one. Of two incremental backups with the same chunk size it
 * reads only what differs, and every difference that it gives is verified. It reads other backups from end to end, set
 * by set; their differences are verified only when there are no more. Used by one thread; the caller closes it before
 * the manager.
 */
public final class BackupDiff implements Closeable {
    private record Place(String database, String set) {}

    /** Finds the differences of one set. */
    interface Source {
        MergedEntries of(String database, String set) throws IOException;
    }

    private final Source source;
    private final Closeable held;
    private final Queue<Place> places = new ArrayDeque<>();
    private @Nullable Place place;
    private @Nullable MergedEntries entries;

    /** @param held closed with this */
    BackupDiff(Set<String> databases, StoredContents before, StoredContents after, Source source, Closeable held) {
        this.source = source;
        this.held = held;
        for (String database : databases) {
            Set<String> sets = new LinkedHashSet<>(sets(before, database).keySet());
            sets.addAll(sets(after, database).keySet());
            sets.forEach(set -> places.add(new Place(database, set)));
        }
    }

    private static Map<String, Long> sets(StoredContents contents, String database) {
        return contents.databases().stream()
                .filter(each -> each.header().name().equals(database))
                .findFirst()
                .map(each -> each.entryCounts())
                .orElse(Map.of());
    }

    /**
     * Which databases of two backups are compared: those of both, or the one of a backup that has only one.
     *
     * @throws IllegalArgumentException if the backups have none in common
     */
    static Set<String> comparable(String beforeName, StoredContents before, String afterName, StoredContents after) {
        Set<String> common = new TreeSet<>(before.databaseNames());
        common.retainAll(after.databaseNames());
        if (common.isEmpty()) {
            throw new IllegalArgumentException("cannot compare " + beforeName + ", which holds the databases "
                    + before.databaseNames() + ", with " + afterName + ", which holds " + after.databaseNames()
                    + ": they have none in common");
        }
        if (before.databaseNames().size() == 1 || after.databaseNames().size() == 1) {
            return common;
        }
        Set<String> all = new LinkedHashSet<>(before.databaseNames());
        all.addAll(after.databaseNames());
        return all;
    }

    /**
     * The next difference; empty if there are no more. Ascending by key in each set, one set after the other.
     *
     * @throws io.kvbackup.model.CorruptBackupException if a backup is damaged
     */
    public Optional<DiffEntry> next() throws IOException {
        while (true) {
            if (entries != null && place != null) {
                if (entries.next()) {
                    return Optional.of(new DiffEntry(place.database(), place.set(), entries.key(), kind(entries)));
                }
                entries.close();
                entries = null;
            }
            place = places.poll();
            if (place == null) {
                return Optional.empty();
            }
            entries = source.of(place.database(), place.set());
        }
    }

    private static DiffKind kind(MergedEntries at) {
        if (at.isBefore() && at.isAfter()) {
            return DiffKind.CHANGED;
        }
        return at.isAfter() ? DiffKind.ADDED : DiffKind.REMOVED;
    }

    /** The value that the earlier backup has under the key that was given last; empty if it does not have the key. */
    public Optional<byte[]> valueBefore() {
        return Optional.ofNullable(entries).filter(MergedEntries::isBefore).map(MergedEntries::valueBefore);
    }

    /** The value that the later backup has under the key that was given last; empty if it does not have the key. */
    public Optional<byte[]> valueAfter() {
        return Optional.ofNullable(entries).filter(MergedEntries::isAfter).map(MergedEntries::valueAfter);
    }

    /** All that follow, as a stream; a failure is an {@link UncheckedIOException}. Closing it closes this. */
    public Stream<DiffEntry> stream() {
        return Stream.generate(this::nextUnchecked)
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .onClose(() -> {
                    try {
                        close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private Optional<DiffEntry> nextUnchecked() {
        try {
            return next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        places.clear();
        place = null;
        MergedEntries open = entries;
        entries = null;
        try (held) {
            if (open != null) {
                open.close();
            }
        }
    }
}
