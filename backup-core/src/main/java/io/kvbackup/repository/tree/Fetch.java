package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.Ahead;
import io.kvbackup.storage.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request: a range of a pack with frames that are needed, and gaps between them that are not worth another request.
 * Put together by one thread until it starts; then safe for use by several.
 */
final class Fetch {
    private static final int GAP = 256 * 1024;

    private final Packs packs;
    /** Forgotten when they are read: one that is kept must not keep all the others. */
    private List<Frame> frames = new ArrayList<>();

    private final Ahead<Boolean> download;
    private final long position;
    private long start;
    private long end;
    private boolean closed;
    private boolean started;

    /** @param position how many bytes were planned before it */
    Fetch(Packs packs, long position) {
        this.packs = packs;
        this.position = position;
        this.download = Ahead.idle(this::run);
    }

    /** A frame of a pack: read, then decoded when its content is first asked for. */
    static final class Frame {
        private final Ref first;
        private final Fetch fetch;
        private byte @Nullable [] stored;
        private byte @Nullable [] plain;

        private Frame(Ref first, Fetch fetch) {
            this.first = first;
            this.fetch = fetch;
        }

        boolean holds(Place place) {
            return first.place().isInFrameOf(place);
        }

        /** It will be asked for now: its request must not change any more. */
        void closeFetch() {
            fetch.close();
        }

        /** What it holds, decoded once. */
        synchronized byte[] plain() throws IOException {
            byte[] decoded = plain;
            if (decoded == null) {
                decoded = fetch.packs.decode(first, fetch.stored(this));
                plain = decoded;
                stored = null;
            }
            return decoded;
        }
    }

    /** Whether a frame can be part of this request, the one before it being the last. */
    boolean takes(Place place, long range) {
        return !closed
                && place.frameOffset() >= end
                && place.frameOffset() - end <= GAP
                && place.frameOffset() + place.frameLength() - start <= range;
    }

    Frame add(Ref first) {
        if (frames.isEmpty()) {
            start = first.place().frameOffset();
        }
        Frame frame = new Frame(first, this);
        frames.add(frame);
        end = first.place().frameOffset() + first.place().frameLength();
        return frame;
    }

    long position() {
        return position;
    }

    boolean isStarted() {
        return started;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isDone() {
        return download.isDone();
    }

    /** Ends the planning: nothing can be added any more. */
    void close() {
        closed = true;
    }

    void start(Executor executor) {
        closed = true;
        started = true;
        download.start(executor);
    }

    void abandon() {
        download.abandon();
    }

    void awaitEnd() {
        download.awaitEnd();
    }

    /** A download that breaks off has brought the frames before that. */
    private byte[] stored(Frame frame) throws IOException {
        CorruptBackupException damage = null;
        try {
            download.get();
        } catch (CorruptBackupException e) {
            damage = e;
        }
        byte[] bytes = frame.stored;
        if (bytes == null && damage != null) {
            throw damage;
        }
        return Objects.requireNonNull(bytes, "a frame that was read");
    }

    private Boolean run() throws IOException {
        try {
            download();
        } finally {
            frames = List.of();
        }
        return true;
    }

    private void download() throws IOException {
        Place first = frames.get(0).first.place();
        packs.requireInside(first);
        packs.cipher(first.pack());
        long at = first.frameOffset();
        try (InputStream in = packs.open(first.pack(), ByteRange.of(at, end - at))) {
            for (Frame frame : frames) {
                Place place = frame.first.place();
                packs.skip(in, place.pack(), at, place.frameOffset() - at);
                byte[] bytes = packs.readFully(in, place.pack(), place.frameOffset(), place.frameLength());
                frame.stored = bytes;
                at = place.frameOffset() + place.frameLength();
            }
        }
    }
}
