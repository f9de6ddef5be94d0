package io.kvbackup.database.mvstore;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Versions of a store as positions. MVStore keeps no log, but its pages are copied on write, so two versions can be
 * compared at the cost of what differs. Readers stop at the versions of snapshots, since what has come and gone again
 * between two versions is in no comparison, but may be in a snapshot.
 *
 * <p>The newest versions that were told of are kept for readers that begin there: a few while anybody reads, otherwise
 * one. Its monitor is entered under the host's lock only, never the other way round.
 */
final class MvStoreChangeLog implements ChangeLog {
    private static final int KEPT = 16;
    private static final int PROOFS = 256;

    private final MvStoreDatabase database;
    private final String history = UUID.randomUUID().toString();
    private final Clock clock;
    private final Deque<StoreVersion> kept = new ArrayDeque<>();
    private final Set<Long> told = new LinkedHashSet<>();
    private final Set<MvStoreChangeReader> readers = new HashSet<>();
    private long lastTime;

    MvStoreChangeLog(MvStoreDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public String history() {
        return history;
    }

    /** {@inheritDoc} Commits the store. */
    @Override
    public long position() throws IOException {
        return database.fixVersion(operation(), this::keep).position();
    }

    private String operation() {
        return "read the log of database " + database.name();
    }

    /** Takes over a version, for readers that begin there. */
    private void keep(StoreVersion version) {
        tell(version.position());
        // A store that went back to an earlier version has others of the same numbers now.
        kept.removeIf(older -> closedIf(older.position() >= version.position(), older));
        kept.add(version);
        dropOldest();
    }

    private static boolean closedIf(boolean condition, StoreVersion version) {
        if (condition) {
            version.close();
        }
        return condition;
    }

    private void dropOldest() {
        while (kept.size() > (readers.isEmpty() ? 1 : KEPT)) {
            kept.remove().close();
        }
    }

    private void tell(long position) {
        told.add(position);
        if (told.size() > PROOFS) {
            told.remove(told.iterator().next());
        }
    }

    /** {@inheritDoc} A version of this history has one content only, so its number and the history prove it. */
    @Override
    public synchronized byte[] proof(long position) throws IOException {
        if (!told.contains(position)) {
            throw gone(position);
        }
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest((history + "/" + position).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private ChangeGapException gone(long position) {
        return new ChangeGapException("database " + database.name() + ": version " + position
                + " of the MVStore is not kept; start again from a whole backup");
    }

    @Override
    public ChangeReader open(long after) throws IOException {
        position();
        synchronized (this) {
            Optional<StoreVersion> start =
                    kept.stream().filter(version -> version.position() == after).findFirst();
            MvStoreChangeReader reader = new MvStoreChangeReader(
                    this, start.orElseThrow(() -> gone(after)).share());
            // What was kept since then may be where a snapshot stands.
            kept.stream().filter(version -> version.position() > after).forEach(reader::add);
            readers.add(reader);
            return reader;
        }
    }

    /** Readers stop at a version that somebody else reads. */
    void pass(StoreVersion version) {
        readers.forEach(reader -> reader.add(version));
    }

    /** Lets a reader know of the newest version, after those of snapshots. */
    void fixFor(MvStoreChangeReader reader) throws IOException {
        database.fixVersion(operation(), reader::add).close();
    }

    /** A reader has pushed what leads to a version. */
    synchronized void hasRead(long position) {
        tell(position);
    }

    synchronized void forget(MvStoreChangeReader reader) {
        readers.remove(reader);
        if (readers.isEmpty()) {
            // A host that closes its store after the last reader finds no version in use.
            kept.forEach(StoreVersion::close);
            kept.clear();
        }
    }

    /** Never earlier than before. */
    synchronized long now() {
        lastTime = Math.max(lastTime, clock.millis());
        return lastTime;
    }

    MvStoreDatabase database() {
        return database;
    }
}
