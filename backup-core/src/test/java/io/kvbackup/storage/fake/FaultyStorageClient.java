package io.kvbackup.storage.fake;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Fails as it is told to. Safe for use by several threads. */
public final class FaultyStorageClient extends InterceptingStorageClient {
    private final Map<StorageOperation, Deque<Fault>> scripted = new EnumMap<>(StorageOperation.class);
    private final Deque<Long> downloadBreaks = new ArrayDeque<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Runnable onHang;
    private @Nullable Random random;
    private double probability;

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
        /** No reply until {@link #release()} or an interrupt. */
        HANG,
        /** No reply until {@link #release()}: interrupts are ignored. */
        HANG_STUBBORNLY
    }

    /** What becomes of the next requests of this kind, one by one; those that follow succeed. */
    public synchronized FaultyStorageClient next(StorageOperation operation, Fault... faults) {
        scripted.computeIfAbsent(operation, ignored -> new ArrayDeque<>()).addAll(List.of(faults));
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
    public synchronized FaultyStorageClient failRandomly(long seed, double probability) {
        this.random = new Random(seed);
        this.probability = probability;
        return this;
    }

    /** Lets everything go on that hangs. */
    public void release() {
        released.countDown();
    }

    @Override
    <T> T intercept(StorageOperation operation, Request<T> request) throws IOException {
        Fault fault = faultFor(operation);
        if (fault == Fault.BEFORE) {
            throw new IOException(operation + " fails on purpose");
        }
        if (fault == Fault.HANG || fault == Fault.HANG_STUBBORNLY) {
            hang(fault == Fault.HANG);
        }
        T result = request.send();
        if (fault == Fault.AFTER) {
            if (result instanceof InputStream in) {
                in.close();
            }
            throw new IOException("the reply to " + operation + " is lost on purpose");
        }
        return result;
    }

    private synchronized Fault faultFor(StorageOperation operation) {
        Deque<Fault> next = scripted.get(operation);
        if (next != null && !next.isEmpty()) {
            return next.remove();
        }
        if (random == null || random.nextDouble() >= probability) {
            return Fault.NONE;
        }
        return random.nextBoolean() ? Fault.BEFORE : Fault.AFTER;
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
    public InputStream download(String key, ByteRange range) throws IOException {
        return breaking(super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return breaking(super.download(version, range));
    }

    private synchronized InputStream breaking(InputStream in) {
        Long after = downloadBreaks.poll();
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
