package io.kvbackup.repository.log;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.ReadScope;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last changes of all keys in a stretch of a log, sorted. Takes 16 MiB of memory, and beyond that temporary files,
 * which are merged when they are many; deletions of ranges stay in memory. Used by one thread; closing deletes the
 * files.
 */
final class LogChanges implements ChangeVisitor, Closeable {
    static final long MEMORY_BYTES = 16 << 20;
    /** So many files of one level make one of the next. */
    private static final int FAN_IN = 32;

    private final Path temporary;
    private final String database;
    private final ReadScope scope;
    private final long memory;
    private final ChangeBuffer buffer = new ChangeBuffer();
    private final Map<String, RangeDeletions> deletions = new HashMap<>();
    private final Set<String> sets = new TreeSet<>();
    /** In the order in which they were written. */
    private final List<ChangeFile> files = new ArrayList<>();

    private @Nullable TemporaryFolder folder;
    private long changes;
    private int names;

    /**
     * @param temporary takes a folder for files, if there must be any
     * @param scope what is wanted
     */
    LogChanges(Path temporary, String database, ReadScope scope, long memory) {
        this.temporary = temporary;
        this.database = database;
        this.scope = scope;
        this.memory = memory;
    }

    @Override
    public void put(String set, byte[] key, byte[] value) throws IOException {
        change(set, key, value);
    }

    @Override
    public void delete(String set, byte[] key) throws IOException {
        change(set, key, null);
    }

    private void change(String set, byte[] key, byte @Nullable [] value) throws IOException {
        if (!scope.includes(database, set) || !scope.keys().contains(key)) {
            return;
        }
        sets.add(set);
        buffer.put(set, key, value, ++changes);
        if (buffer.bytes() > memory) {
            spill();
        }
    }

    @Override
    public void deleteRange(String set, KeyRange keys) {
        if (scope.includes(database, set)) {
            sets.add(set);
            deletions.computeIfAbsent(set, any -> new RangeDeletions()).add(keys, ++changes);
        }
    }

    @Override
    public void commit(long position, Instant time) {}

    private RangeDeletions deletions(String set) {
        return deletions.getOrDefault(set, new RangeDeletions());
    }

    private Path newFile() throws IOException {
        if (folder == null) {
            PrivateFiles.createFolders(temporary);
            folder = TemporaryFolder.create(temporary, "replay");
        }
        return folder.resolve("run" + names++);
    }

    private void spill() throws IOException {
        files.add(ChangeFile.write(newFile(), changes, 0, Set.copyOf(buffer.sets()), this::buffered));
        buffer.clear();
        for (int level = 0; isFull(level); level++) {
            List<ChangeFile> full = List.copyOf(files.subList(files.size() - FAN_IN, files.size()));
            ChangeFile merged = merge(full, level + 1);
            files.removeAll(full);
            files.add(merged);
            for (ChangeFile file : full) {
                Files.delete(file.path());
            }
        }
    }

    private ChangeCursor buffered(String set) {
        return buffer.open(set, deletions(set));
    }

    private boolean isFull(int level) {
        return files.size() >= FAN_IN
                && files.get(files.size() - FAN_IN).level() == level
                && files.get(files.size() - 1).level() == level;
    }

    private ChangeFile merge(List<ChangeFile> runs, int level) throws IOException {
        Set<String> all = new TreeSet<>();
        runs.forEach(each -> all.addAll(each.places().keySet()));
        long number = runs.get(runs.size() - 1).number();
        return ChangeFile.write(newFile(), number, level, all, set -> newest(set, runs));
    }

    private NewestChanges newest(String set, List<ChangeFile> runs) throws IOException {
        NewestChanges newest = new NewestChanges(deletions(set));
        try {
            for (ChangeFile run : runs) {
                ChangeCursor cursor = run.open(set);
                if (cursor != null) {
                    newest.add(cursor, run.number());
                }
            }
            return newest;
        } catch (IOException | RuntimeException e) {
            Closeables.closeAfter(e, newest);
            throw e;
        }
    }

    /** Names of sets of which anything has changed. */
    Set<String> sets() {
        return sets;
    }

    /** Opens the changes of a set; when all have come. */
    ChangeCursor open(String set) throws IOException {
        NewestChanges newest = newest(set, files);
        newest.add(buffered(set), Long.MAX_VALUE);
        return newest;
    }

    /** Whether a key that the base has, and that was not changed after, is gone. */
    boolean isGone(String set, byte[] key) {
        RangeDeletions of = deletions.get(set);
        return of != null && of.last(key) >= 0;
    }

    @Override
    public void close() throws IOException {
        if (folder != null) {
            folder.close();
        }
    }
}
