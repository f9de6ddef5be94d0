package io.kvbackup.storage.check;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trusts a store's conditional writes only after it has tried them, once, before the first one: with some ten requests
 * below a prefix of its own, {@code kvbackup-check-<random>/}. The first conditional upload that outgrows a
 * {@linkplain StorageClient#partSize part} waits in the middle, once, until two objects larger than that have been
 * tried, too. While the store does not keep conditions, it refuses every such upload with an explanation, and the next
 * one tries again.
 *
 * <p>Finds stores that ignore or refuse conditions; {@link StorageCheck} also looks at writers that race. Safe for use
 * by several threads. Closing closes the client within.
 */
final class GuardedStorageClient extends ForwardingStorageClient {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedStorageClient.class);

    private static final String DECLARE = "if this process is the only one that ever writes there, declare it with"
            + " BackupManager.builder().exclusiveWriter(true), otherwise use another store; StorageCheck tells more";

    private final Random random = new SecureRandom();
    private final Trial small = new Trial(context -> {
        ConditionProbes.createIfAbsent(context);
        ConditionProbes.replaceIfMatch(context);
    });
    private final Trial large = new Trial(context -> {
        ConditionProbes.createLargeIfAbsent(context, traits().partSize() + 1);
        ConditionProbes.replaceLargeIfMatch(context, traits().partSize() + 1);
    });

    /**
     * Decorates {@code store}; one whose {@linkplain StorageTraits#conditions() conditions} are known to be kept is not
     * tried.
     */
    GuardedStorageClient(StorageClient store) {
        super(store);
        boolean kept = store.traits().conditions() == Conditions.KEPT;
        small.passed = kept;
        large.passed = kept;
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        if (condition instanceof PutCondition.None) {
            return super.upload(key, content, condition);
        }
        small.require(key);
        if (large.passed) {
            return super.upload(key, content, condition);
        }
        return super.upload(
                key, new SizeLimitedContent(content, key, traits().partSize(), () -> large.require(key)), condition);
    }

    /** Something that a store must have done before it is trusted. */
    private final class Trial {
        private final Probes probes;
        /** Held by the thread that tries, which may take long; other threads can be interrupted while they wait. */
        private final ReentrantLock lock = new ReentrantLock();

        private volatile boolean passed;

        Trial(Probes probes) {
            this.probes = probes;
        }

        void require(String key) throws IOException {
            if (passed) {
                return;
            }
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("cannot upload " + key + " to " + GuardedStorageClient.this
                        + ": interrupted while another upload tried whether the store keeps conditions");
            }
            try {
                if (!passed) {
                    prove(key, probes);
                    passed = true;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    @FunctionalInterface
    private interface Probes {
        void look(CheckContext context) throws IOException, CheckFailure;
    }

    private void prove(String key, Probes probes) throws IOException {
        byte[] name = new byte[8];
        random.nextBytes(name);
        ScratchStorage scratch = new ScratchStorage(
                new Inner(), "kvbackup-check-" + HexFormat.of().formatHex(name) + "/");
        ExecutorService none = Executors.newCachedThreadPool();
        try {
            look(
                    new CheckContext(scratch, true, Duration.ZERO, Clock.systemUTC(), System::nanoTime, random, none),
                    probes,
                    key);
        } finally {
            none.shutdown();
            tidyUp(scratch);
        }
    }

    /**
     * A fault of the network must not look like a fault of the store, so the store must take plain uploads before and
     * after.
     */
    private void look(CheckContext context, Probes probes, String key) throws IOException {
        context.put("reachable", new byte[] {1});
        try {
            probes.look(context);
        } catch (CheckFailure e) {
            context.put("reachable", new byte[] {2});
            throw new IOException("cannot upload " + key + " to " + this + ": " + explanation(e.observed()));
        } catch (IOException e) {
            Interruption.rethrow(e);
            throw new IOException(
                    "cannot upload " + key + " to " + this + ": whether the store keeps conditional writes could not be"
                            + " tried, since a request failed twice: " + e.getMessage() + "; try again. If it always"
                            + " fails, the store may not know conditions: " + DECLARE,
                    e);
        }
    }

    /** Why a store is refused, and what to do. */
    private static String explanation(String observed) {
        return "the store does not keep conditional writes (" + observed
                + "), so two writers could overwrite each other's backups; " + DECLARE;
    }

    /** Also on a thread that was interrupted, from which stores take no requests. */
    private void tidyUp(ScratchStorage scratch) {
        boolean interrupted = Thread.interrupted();
        ScratchRemoval removal = new ScratchRemoval(scratch, new Inner());
        try {
            removal.remove(List.of());
            if (!removal.left().isEmpty()) {
                LOG.warn(
                        "objects of a probe are left below {} in {}; delete them by hand: {}",
                        scratch.prefix(),
                        this,
                        removal.left());
            }
        } catch (IOException e) {
            LOG.warn(
                    "objects of a probe may be left below {} in {}; delete what is there: {}",
                    scratch.prefix(),
                    this,
                    e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The store without this guard. */
    private final class Inner extends ForwardingStorageClient {
        Inner() {
            super(GuardedStorageClient.this);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            return GuardedStorageClient.super.upload(key, content, condition);
        }
    }
}
