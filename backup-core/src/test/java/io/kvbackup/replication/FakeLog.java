package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A log whose commits a test makes, and loses. Each puts one key. */
final class FakeLog implements ChangeLog {
    private final String history;
    private final Clock clock;
    private final NavigableMap<Long, Commit> commits = new TreeMap<>();
    private long position;
    /** Commits up to here can no longer be read. */
    private long goneUpTo;

    private boolean hidden;
    private boolean busy;
    final List<String> reads = new ArrayList<>();

    FakeLog(String history, Clock clock) {
        this.history = history;
        this.clock = clock;
    }

    record Commit(String key, String value, Instant time, boolean ofOthers) {}

    synchronized long put(String key, String value) {
        commits.put(++position, new Commit(key, value, clock.instant(), false));
        return position;
    }

    /** A commit that changes another database. */
    synchronized long pass() {
        commits.put(++position, new Commit("", "", clock.instant(), true));
        return position;
    }

    /** Something happens that leaves no record: readers are told once. */
    synchronized void hideSomething() {
        hidden = true;
    }

    /** Whether commits cannot be proved at the moment. */
    synchronized void busy(boolean now) {
        busy = now;
    }

    /** The log is thrown away up to now. */
    synchronized void forget() {
        goneUpTo = position;
        commits.clear();
    }

    /** A power cut: the last commits are gone, and their numbers will be used again. */
    synchronized void cut(long to) {
        commits.tailMap(to, false).clear();
        position = to;
    }

    @Override
    public String history() {
        return history;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized byte[] proof(long at) throws IOException {
        if (busy) {
            throw new IOException("the database is locked");
        }
        Commit commit = commits.get(at);
        if (commit == null) {
            throw new ChangeGapException("no commit at " + at);
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(8).putLong(at).array());
            return digest.digest(commit.toString().getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public synchronized ChangeReader open(long after) throws IOException {
        requireKept(after);
        if (after > position) {
            throw new ChangeGapException("no commit at " + after + " yet");
        }
        return new Reader(after);
    }

    private void requireKept(long after) throws ChangeGapException {
        if (after < goneUpTo) {
            throw new ChangeGapException("commits after " + after + " up to " + goneUpTo + " are gone");
        }
    }

    private final class Reader implements ChangeReader {
        private long read;

        Reader(long read) {
            this.read = read;
        }

        @Override
        public boolean read(ChangeVisitor to, long maxBytes) throws IOException {
            synchronized (FakeLog.this) {
                if (hidden) {
                    hidden = false;
                    throw new ChangeGapException("something was ingested");
                }
                requireKept(read);
                long bytes = 0;
                while (read < position) {
                    if (bytes > maxBytes) {
                        return true;
                    }
                    Commit commit = commits.get(read + 1);
                    if (!commit.ofOthers()) {
                        to.put(
                                "items",
                                commit.key().getBytes(UTF_8),
                                commit.value().getBytes(UTF_8));
                        bytes += commit.key().length() + commit.value().length();
                    }
                    to.commit(++read, commit.time());
                }
                return false;
            }
        }

        @Override
        public void close() {}
    }
}
