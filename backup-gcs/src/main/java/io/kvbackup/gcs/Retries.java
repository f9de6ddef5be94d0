package io.kvbackup.gcs;

import com.google.auth.Retryable;
import com.google.cloud.storage.StorageException;
import io.kvbackup.objectstore.RetryWatch;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.UploadLostException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Repeats requests that failed for a reason that may pass, with growing pauses, until a deadline. */
final class Retries {
    /** Waits. */
    interface Sleeper {
        void sleep(Duration pause) throws InterruptedException;

        long nanoTime();
    }

    /** One attempt. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    static final Sleeper THREAD = new Sleeper() {
        @Override
        public void sleep(Duration pause) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    };

    private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

    private final GcsSettings settings;
    private final Sleeper sleeper;
    private final Supplier<Random> random;
    private final RetryWatch watch;

    Retries(GcsSettings settings, Sleeper sleeper, Supplier<Random> random) {
        this.settings = settings;
        this.sleeper = sleeper;
        this.random = random;
        this.watch = new RetryWatch(sleeper::nanoTime);
    }

    /**
     * The result of the first attempt that succeeds; what the last one threw if none does, with what the one before
     * threw as suppressed.
     */
    <T> T call(Attempt<T> attempt) throws IOException {
        long end = sleeper.nanoTime() + settings.callTimeout().toNanos();
        Duration pause = bounded(settings.firstPause());
        Exception before = null;
        RetryWatch.Request request = watch.begin();
        while (true) {
            try {
                T answer = attempt.run();
                watch.reached();
                return answer;
            } catch (IOException | StorageException e) {
                if (before != null && before != e) {
                    e.addSuppressed(before);
                }
                before = e;
                if (e instanceof StorageException answer && answer.getCode() > 0) {
                    watch.reached();
                }
                if (!isTransient(e) || request.isHopeless(e)) {
                    throw e;
                }
                Duration jittered = jittered(pause);
                if (end - sleeper.nanoTime() <= jittered.toNanos()) {
                    throw e;
                }
                request.goesOn(e);
                pause(jittered, e);
                pause = bounded(pause.multipliedBy(2));
            }
        }
    }

    private static Duration bounded(Duration pause) {
        return pause.compareTo(GcsSettings.MAX_PAUSE) < 0 ? pause : GcsSettings.MAX_PAUSE;
    }

    private Duration jittered(Duration pause) {
        long nanos = pause.toNanos();
        return Duration.ofNanos(nanos / 2 + (long) (random.get().nextDouble() * nanos / 2));
    }

    private void pause(Duration pause, Exception failure) throws InterruptedIOException {
        try {
            sleeper.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted between two attempts");
            interrupted.addSuppressed(failure);
            throw interrupted;
        }
    }

    /** Wrong credentials stay wrong; the issuer of tokens may be unavailable for a while. */
    private static boolean mayGetToken(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Retryable token) {
                return token.isRetryable();
            }
        }
        return true;
    }

    /** Whether TLS failed since its connection did; a certificate or a protocol stays what it is. */
    private static boolean isBrokenOff(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException
                    || cause instanceof SocketException
                    || cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the same request may succeed later. */
    static boolean isTransient(Exception e) {
        if (e instanceof StorageException answer && answer.getCode() > 0) {
            return TRANSIENT.contains(answer.getCode())
                    || (answer.getCode() == 403
                            && String.valueOf(answer.getReason()).endsWith("ateLimitExceeded"));
        }
        Throwable cause = e instanceof StorageException ? e.getCause() : e;
        return cause instanceof IOException
                && mayGetToken(cause)
                && !(cause instanceof FinalFailure)
                && !(cause instanceof UploadLostException)
                && !(cause instanceof PreconditionFailedException)
                && !(cause instanceof FileSystemException)
                && !(cause instanceof SSLException && !isBrokenOff(cause))
                && !Interruption.is(cause);
    }
}
