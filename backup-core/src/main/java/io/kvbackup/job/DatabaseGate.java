package io.kvbackup.job;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets jobs in: one at a time for each database, in the order in which they came, and at most so many of those that
 * count. A job that waits for one of its databases keeps later ones from all of them, so nobody starves.
 *
 * <p>A claim within another may use what that one holds. What it needs beyond, it gets before those who hold nothing:
 * they might be waiting for what it has. If two such claims wait for each other, the second is refused.
 *
 * <p>Safe for use by several threads.
 */
final class DatabaseGate {
    private final int places;
    private final Map<String, Claim> holders = new HashMap<>();
    private final Set<Claim> waiting = new LinkedHashSet<>();
    private int taken;

    /** @param places how many claims that count may be in at once */
    DatabaseGate(int places) {
        this.places = places;
    }

    /**
     * Asks to be let in.
     *
     * @param parent the claim within which this one is made, if any
     * @param counts whether it needs one of the places
     * @param onEntry called once, when it is in, by whichever thread made that possible
     * @throws IOException if it would wait for a claim that waits for it
     */
    Claim enter(@Nullable Claim parent, Set<String> databases, boolean counts, Consumer<Claim> onEntry)
            throws IOException {
        Claim claim = new Claim(parent, databases, counts, onEntry);
        List<Claim> entered;
        synchronized (this) {
            waiting.add(claim);
            entered = admit();
            if (waiting.contains(claim) && claim.isNested() && waitsForItself(claim, claim, new HashSet<>())) {
                waiting.remove(claim);
                throw new IOException("one of the databases " + new TreeSet<>(databases)
                        + " is held by a job that waits for another which this job holds; have one job ask "
                        + "for all at once");
            }
        }
        entered.forEach(Claim::entered);
        return claim;
    }

    private void leave(Claim claim) {
        List<Claim> entered;
        synchronized (this) {
            if (claim.left) {
                return;
            }
            claim.left = true;
            waiting.remove(claim);
            holders.values().removeIf(holder -> holder == claim);
            if (claim.in && claim.counts) {
                taken--;
            }
            entered = admit();
        }
        claim.decided.countDown();
        entered.forEach(Claim::entered);
    }

    /** Lets in whoever can be, with the lock held. */
    private List<Claim> admit() {
        List<Claim> entered = new ArrayList<>();
        Set<String> reserved = new HashSet<>();
        for (Claim claim : inOrder()) {
            boolean free = claim.blockers().isEmpty()
                    && (claim.isNested() || claim.databases.stream().noneMatch(reserved::contains));
            if (free && (!claim.counts || taken < places)) {
                waiting.remove(claim);
                claim.take();
                entered.add(claim);
            } else {
                reserved.addAll(claim.databases);
            }
        }
        return entered;
    }

    private List<Claim> inOrder() {
        List<Claim> order = new ArrayList<>();
        waiting.stream().filter(Claim::isNested).forEach(order::add);
        waiting.stream().filter(claim -> !claim.isNested()).forEach(order::add);
        return order;
    }

    private boolean waitsForItself(Claim start, Claim at, Set<Claim> seen) {
        for (Claim blocker : at.blockers()) {
            Claim root = blocker.root();
            if (root == start.root()) {
                return true;
            }
            if (seen.add(root)
                    && waiting.stream().anyMatch(claim -> claim.root() == root && waitsForItself(start, claim, seen))) {
                return true;
            }
        }
        return false;
    }

    /** The databases that one job holds or waits for. */
    final class Claim implements Closeable {
        private final @Nullable Claim parent;
        private final Set<String> databases;
        private final boolean counts;
        private final Consumer<Claim> onEntry;
        private final CountDownLatch decided = new CountDownLatch(1);
        private final List<Claim> extensions = new ArrayList<>();
        private boolean in;
        private boolean left;

        private Claim(@Nullable Claim parent, Set<String> databases, boolean counts, Consumer<Claim> onEntry) {
            this.parent = parent;
            this.databases = databases;
            this.counts = counts;
            this.onEntry = onEntry;
        }

        private boolean isNested() {
            return parent != null;
        }

        private Claim root() {
            return parent == null ? this : parent.root();
        }

        private Set<Claim> blockers() {
            Set<Claim> blockers = new HashSet<>();
            for (String database : databases) {
                Claim holder = holders.get(database);
                if (holder != null && holder.root() != root()) {
                    blockers.add(holder);
                }
            }
            return blockers;
        }

        private void take() {
            in = true;
            taken += counts ? 1 : 0;
            databases.forEach(database -> holders.putIfAbsent(database, this));
        }

        private void entered() {
            decided.countDown();
            onEntry.accept(this);
        }

        /** Whether this claim cannot be let in before the other has left. */
        boolean waitsFor(Claim other) {
            synchronized (DatabaseGate.this) {
                return waiting.contains(this) && waitsForItself(other, this, new HashSet<>());
            }
        }

        /** Leaves its place to others until the result is closed: a job that waits for another does not need one. */
        Closeable lendPlace() {
            List<Claim> entered;
            synchronized (DatabaseGate.this) {
                if (!counts || !in || left) {
                    return () -> {};
                }
                taken--;
                entered = admit();
            }
            entered.forEach(Claim::entered);
            return this::takePlaceAgain;
        }

        /** At once, even if that makes one too many for a while. */
        private void takePlaceAgain() {
            synchronized (DatabaseGate.this) {
                taken++;
            }
        }

        /** Waits until this claim is let in or closed. */
        void await() throws InterruptedException {
            decided.await();
        }

        /** Waits for further databases, to be held as long as this claim. */
        void extend(Set<String> more, String what) throws IOException {
            Claim extension = enter(this, more, false, entered -> {});
            try {
                extension.await();
            } catch (InterruptedException e) {
                extension.close();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting to " + what);
            }
            extensions.add(extension);
        }

        /** Leaves, or stops waiting. Again has no effect. */
        @Override
        public void close() {
            extensions.forEach(Claim::close);
            leave(this);
        }
    }
}
