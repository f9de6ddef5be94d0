package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Ref;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chunks of one set that lie in the store already, to be asked for in key order. Not thread-safe. */
final class KnownChunks {
    private final List<Stream> streams;
    private final Predicate<Ref> usable;

    /** References to chunks, ascending by last key. */
    interface Source {
        /**
         * The next, or null if there are no more.
         *
         * @param from lesser last keys are not asked for any more, and may be left out
         */
        @Nullable
        Ref next(byte[] from) throws IOException;

        /** Looks at the rest of them, if that matters to anybody. */
        default void drain() throws IOException {}
    }

    private static final class Stream {
        private final Source source;
        private @Nullable Ref head;
        private boolean ended;

        Stream(Source source) {
            this.source = source;
        }

        @Nullable
        Ref at(byte[] lastKey) throws IOException {
            while (!ended && (head == null || Arrays.compareUnsigned(head.lastKey(), lastKey) < 0)) {
                head = source.next(lastKey);
                ended = head == null;
            }
            return head;
        }
    }

    /**
     * @param sources those that are to be preferred first
     * @param usable whether what a reference leads to may be used
     */
    KnownChunks(List<Source> sources, Predicate<Ref> usable) {
        this.streams = sources.stream().map(Stream::new).toList();
        this.usable = usable;
    }

    /** A reference to an equal chunk with the same last key; empty if none lies in a usable place. */
    Optional<Ref> find(Chunk chunk) throws IOException {
        for (Stream stream : streams) {
            Ref ref = stream.at(chunk.lastKey());
            if (ref != null && chunk.isMeantBy(ref) && usable.test(ref)) {
                return Optional.of(ref);
            }
        }
        return Optional.empty();
    }

    /** To be called when nothing more will be asked for. */
    void finish() throws IOException {
        for (Stream stream : streams) {
            stream.source.drain();
        }
    }
}
