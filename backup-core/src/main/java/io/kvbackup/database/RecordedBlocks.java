package io.kvbackup.database;

import io.kvbackup.disk.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commits that a recorder keeps, oldest first: those in files, then those in memory. Guarded by the recorder. */
final class RecordedBlocks {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedBlocks.class);
    private static final int BLOCK = 1 << 20;

    private final @Nullable Path temporary;
    private final long mostInMemory;
    private final long mostInFiles;
    private final Deque<RecordedBlock> stored = new ArrayDeque<>();
    private final Deque<RecordedBlock> memory = new ArrayDeque<>();
    private @Nullable TemporaryFolder folder;
    private long inMemory;
    private long inFiles;
    private long keptAfter;

    /**
     * @param mostInMemory bytes, and {@code mostInFiles} more in temporary files
     * @param temporary where these are made; {@code null} for Java's own folder
     */
    RecordedBlocks(long mostInMemory, long mostInFiles, @Nullable Path temporary) {
        this.temporary = temporary;
        this.mostInMemory = mostInMemory;
        this.mostInFiles = mostInFiles;
    }

    /** All commits after this position are here. */
    long keptAfter() {
        return keptAfter;
    }

    /** The block of the first commit after a position, which is not before {@link #keptAfter}. */
    Optional<RecordedBlock> after(long position) {
        // The newest first: who keeps up with the writers looks there.
        for (Iterator<RecordedBlock> blocks = memory.descendingIterator(); blocks.hasNext(); ) {
            RecordedBlock block = blocks.next();
            if (block.before() <= position) {
                return Optional.of(block).filter(found -> position < found.last());
            }
        }
        return Stream.concat(stored.stream(), memory.stream())
                .filter(block -> position < block.last())
                .findFirst();
    }

    /**
     * @param needed no reader needs what is up to this position
     * @throws IOException if there is no room; the message says which
     */
    void append(long position, long time, RecordedChanges changes, long needed) throws IOException {
        RecordedBlock block = memory.peekLast();
        if (block == null || block.size() + (long) changes.size() > BLOCK) {
            block = new RecordedBlock(position - 1);
            memory.add(block);
        }
        int before = block.size();
        block.append(position, time, changes);
        inMemory += block.size() - before;
        while (inMemory > mostInMemory) {
            makeRoom(needed);
        }
    }

    private void makeRoom(long needed) throws IOException {
        RecordedBlock oldest = memory.element();
        if (stored.isEmpty() && oldest.last() <= needed) {
            keptAfter = oldest.last();
        } else {
            if (inFiles + oldest.size() > mostInFiles) {
                throw new IOException("more than " + mostInFiles + " bytes of changes wait for a reader");
            }
            oldest.spill(folder());
            stored.add(oldest);
            inFiles += oldest.size();
        }
        memory.remove();
        inMemory -= oldest.size();
    }

    private TemporaryFolder folder() throws IOException {
        TemporaryFolder made = folder;
        if (made == null) {
            made = temporary == null ? TemporaryFolder.create("changes") : TemporaryFolder.create(temporary, "changes");
            folder = made;
        }
        return made;
    }

    /** Drops the files that no reader needs, those up to a position. */
    void release(long needed) {
        while (!stored.isEmpty() && stored.element().last() <= needed) {
            RecordedBlock block = stored.remove();
            inFiles -= block.size();
            keptAfter = block.last();
            try {
                block.drop();
            } catch (IOException e) {
                LOG.warn("cannot delete a temporary file of recorded changes", e);
            }
        }
        if (stored.isEmpty() && folder != null) {
            try {
                folder.close();
            } catch (IOException e) {
                LOG.warn("cannot delete {}", folder, e);
            }
            folder = null;
        }
    }

    /** Drops all. What is appended from now on comes after {@code position}. */
    void clear(long position) {
        release(Long.MAX_VALUE);
        memory.clear();
        inMemory = 0;
        keptAfter = position;
    }
}
