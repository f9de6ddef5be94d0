package io.kvbackup.storage.fake;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A store that fails as it is told to, one fault after another or by chance, for tests of what stands on top of it.
 *
 * <pre>{@code
 * FaultyStorageClient faulty = new FaultyStorageClient(new MemoryStorageClient())
 *         .next(StorageOperation.UPLOAD, Fault.AFTER) // the first upload is done, but says that it failed
 *         .failRandomly(seed, FaultMix.everything(0.1));               // and then one request in ten fails in some way
 * }</pre>
 *
 * A page of a listing is a request of its own. Requests are never lost silently: whoever sent one that fails gets an
 * {@link IOException}. With the same seed and the same order of requests the same ones fail. Safe for use by several
 * threads.
 */
public final class FaultyStorageClient extends InterceptingStorageClient {
    private static final int LONGEST_PAUSE_MICROS = 2_000;

    private final FaultPlan plan = new FaultPlan();
    private final Deque<Long> downloadBreaks = new ArrayDeque<>();
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final StaleView stale = new StaleView();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Runnable onHang;
    private volatile boolean remembering;

    public FaultyStorageClient(StorageClient delegate) {
        this(delegate, () -> {});
    }

    /** {@code onHang} is called by a thread that is about to hang. */
    public FaultyStorageClient(StorageClient delegate, Runnable onHang) {
        super(delegate);
        this.onHang = onHang;
    }

    /** What goes wrong. */
    public enum Fault {
        /** Nothing, this time. */
        NONE,
        /** The request does not get through. */
        BEFORE,
        /** The request is carried out, and the reply is lost. */
        AFTER,
        /**
         * An upload fails when the store has taken some of its bytes, or all, and is not committed; a download breaks
         * off; of several keys half are deleted. Any other request: as BEFORE.
         */
        PARTIAL,
        /** The request is carried out after up to 2 ms. */
        SLOW,
        /** The request is refused because there are too many, as with a status of 503. */
        THROTTLED,
        /** A listing shows none of the last few changes: new objects are missing, deleted ones are there. Else NONE. */
        STALE,
        /** No reply until {@link #release()} or an interrupt. */
        HANG,
        /** No reply until {@link #release()}: interrupts are ignored. */
        HANG_STUBBORNLY
    }

    /** What becomes of the next requests of this kind, one by one; those that follow succeed. */
    public FaultyStorageClient next(StorageOperation operation, Fault... faults) {
        remember(List.of(faults));
        plan.next(operation, faults);
        return this;
    }

    /** The next downloads break after so many bytes each; one that is negative hangs after as many. */
    public synchronized FaultyStorageClient breakDownloadsAfter(long... bytes) {
        for (long count : bytes) {
            downloadBreaks.add(count);
        }
        return this;
    }

    /** From now on any request that is not scripted fails with this probability, before or after it is carried out. */
    public FaultyStorageClient failRandomly(long seed, double probability) {
        return failRandomly(seed, FaultMix.of(probability, Fault.BEFORE, Fault.AFTER));
    }

    /** From now on any request that is not scripted may meet one of these faults. */
    public FaultyStorageClient failRandomly(long seed, FaultMix mix) {
        remember(mix.kinds());
        plan.failRandomly(seed, mix);
        return this;
    }

    private void remember(List<Fault> faults) {
        if (faults.contains(Fault.STALE)) {
            remembering = true;
        }
    }

    /** Lets everything go on that hangs, or will. */
    public void release() {
        released.countDown();
    }

    /** How many faults of that kind have struck. */
    public synchronized int struck(Fault fault) {
        return struck.getOrDefault(fault, 0);
    }

    @Override
    <T> T intercept(StorageOperation operation, Request<T> request) throws IOException {
        Fault fault = begin(operation);
        if (fault == Fault.PARTIAL) {
            throw new IOException(operation + " fails on purpose");
        }
        return end(operation, fault, request.send());
    }

    /** What is to happen during or after the request; throws if it is not to be sent at all. */
    private Fault begin(StorageOperation operation) throws IOException {
        Fault fault = plan.faultFor(operation);
        synchronized (this) {
            struck.merge(fault, 1, Integer::sum);
        }
        switch (fault) {
            case BEFORE -> throw new IOException(operation + " fails on purpose");
            case THROTTLED ->
                throw new IOException("cannot do " + operation
                        + ": the store is overloaded or unavailable; try later (answer: Slow Down, 503, on purpose)");
            case SLOW -> pause();
            case HANG, HANG_STUBBORNLY -> hang(fault == Fault.HANG);
            default -> {}
        }
        return fault;
    }

    private static <T> T end(StorageOperation operation, Fault fault, T result) throws IOException {
        if (fault == Fault.AFTER) {
            if (result instanceof InputStream in) {
                in.close();
            }
            throw new IOException("the reply to " + operation + " is lost on purpose");
        }
        return result;
    }

    private void pause() throws InterruptedIOException {
        try {
            released.await(plan.random(LONGEST_PAUSE_MICROS), TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while being slow on purpose");
        }
    }

    private void hang(boolean interruptible) throws InterruptedIOException {
        onHang.run();
        boolean interrupted = false;
        while (true) {
            try {
                released.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                if (interruptible) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while hanging on purpose");
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        Fault fault = begin(StorageOperation.UPLOAD);
        rememberFor(List.of(key));
        ContentWriter sent = fault == Fault.PARTIAL ? new CutContent(content, plan.random(FaultPlan.CUT)) : content;
        return end(StorageOperation.UPLOAD, fault, delegate().upload(key, sent, condition));
    }

    @Override
    public void copy(String from, String to) throws IOException {
        rememberFor(List.of(to));
        super.copy(from, to);
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        Fault fault = begin(StorageOperation.DELETE);
        rememberFor(keys);
        if (fault == Fault.PARTIAL) {
            List<String> all = new ArrayList<>(keys);
            delegate().delete(all.subList(0, all.size() / 2));
            throw new IOException("half of the objects are not deleted, on purpose");
        }
        delegate().delete(keys);
        end(StorageOperation.DELETE, fault, true);
    }

    private void rememberFor(Collection<String> keys) throws IOException {
        if (remembering) {
            for (String key : keys) {
                stale.changing(key, delegate().stat(key));
            }
        }
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) {
        return Pages.stream(PAGE, after, last -> {
            Fault fault = begin(StorageOperation.LIST);
            if (fault == Fault.PARTIAL) {
                throw new IOException("LIST fails on purpose");
            }
            return end(
                    StorageOperation.LIST, fault, fault == Fault.STALE ? stalePage(prefix, last) : page(prefix, last));
        });
    }

    private List<StorageObject> stalePage(String prefix, String after) throws IOException {
        try (Stream<StorageObject> rest = delegate().list(prefix, after)) {
            return stale.of(rest.toList(), prefix, after).stream().limit(PAGE).toList();
        }
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        Fault fault = begin(StorageOperation.DOWNLOAD);
        return breaking(fault, end(StorageOperation.DOWNLOAD, fault, delegate().download(key, range)));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        Fault fault = begin(StorageOperation.DOWNLOAD);
        return breaking(fault, end(StorageOperation.DOWNLOAD, fault, delegate().download(version, range)));
    }

    private synchronized InputStream breaking(Fault fault, InputStream in) {
        Long after = fault == Fault.PARTIAL ? Long.valueOf(plan.random(FaultPlan.CUT)) : downloadBreaks.poll();
        if (after == null) {
            return in;
        }
        return new BreakingInputStream(in, Math.abs(after), () -> {
            if (after < 0) {
                hang(true);
            }
            throw new IOException("download breaks after " + Math.abs(after) + " bytes on purpose");
        });
    }
}
