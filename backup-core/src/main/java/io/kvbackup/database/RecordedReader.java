package io.kvbackup.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link ChangeRecorder} keeps. */
final class RecordedReader implements ChangeReader {
    private final ChangeRecorder recorder;
    private volatile long position;
    private boolean closed;
    private @Nullable RecordedBlock block;
    private ByteBuffer rest = ByteBuffer.allocate(0);

    RecordedReader(ChangeRecorder recorder, long after) {
        this.recorder = recorder;
        this.position = after;
    }

    /** The last commit that it has pushed. */
    long position() {
        return position;
    }

    @Override
    public boolean read(ChangeVisitor to, long maxBytes) throws IOException {
        if (closed) {
            throw new IOException("the reader of recorded changes is closed");
        }
        long pushed = 0;
        while (pushed == 0 || pushed < maxBytes) {
            Optional<RecordedBlock> next = recorder.blockAfter(position);
            if (next.isEmpty()) {
                return false;
            }
            try {
                pushed += pushFrom(next.get(), to, maxBytes - pushed, recorder.position());
            } finally {
                recorder.hasRead();
            }
        }
        return position < recorder.position();
    }

    private long pushFrom(RecordedBlock from, ChangeVisitor to, long maxBytes, long upTo) throws IOException {
        load(from);
        long pushed = 0;
        while (rest.hasRemaining() && (pushed == 0 || pushed < maxBytes)) {
            int start = rest.position();
            long at = rest.getLong();
            Instant time = Instant.ofEpochMilli(rest.getLong());
            ByteBuffer changes = next(rest);
            if (at > upTo) {
                rest.position(start);
                return pushed;
            }
            if (at > position) {
                rest.position(start);
                pushed += RecordedChanges.push(changes, to) + 1;
                to.commit(at, time);
                rest.position(start + RecordedBlock.HEAD + changes.limit());
                position = at;
            }
        }
        return pushed;
    }

    /** Goes on in the block that it is in, if that has grown only. */
    private void load(RecordedBlock from) throws IOException {
        if (from != block || !rest.hasRemaining()) {
            ByteBuffer read;
            try {
                read = from.read();
            } catch (IOException e) {
                recorder.requireKept(position);
                throw e;
            }
            read.position(from == block ? Math.min(rest.position(), read.limit()) : 0);
            rest = read;
            block = from;
        }
    }

    private static ByteBuffer next(ByteBuffer from) {
        int length = from.getInt();
        ByteBuffer changes = from.slice(from.position(), length);
        from.position(from.position() + length);
        return changes;
    }

    /** The digest of a commit with its position and time; empty if none in the block ends there. */
    static Optional<byte[]> proof(RecordedBlock block, long position) throws IOException {
        ByteBuffer bytes = block.read();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            long at = bytes.getLong();
            bytes.getLong();
            next(bytes);
            if (at == position) {
                MessageDigest digest = sha256();
                digest.update(bytes.flip().position(start));
                return Optional.of(digest.digest());
            }
        }
        return Optional.empty();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        block = null;
        rest = ByteBuffer.allocate(0);
        recorder.forget(this);
    }
}
