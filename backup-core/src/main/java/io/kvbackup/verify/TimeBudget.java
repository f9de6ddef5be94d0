package io.kvbackup.verify;

import io.kvbackup.model.ProgressListener;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Ends work whose time is up, at the next byte that it reads or the next time that it reports progress. */
final class TimeBudget {
    private final LongSupplier nanoTime;
    private final long start;
    private final Optional<Duration> limit;
    private volatile boolean cut;

    TimeBudget(LongSupplier nanoTime, Optional<Duration> limit) {
        this.nanoTime = nanoTime;
        this.limit = limit;
        this.start = nanoTime.getAsLong();
    }

    Duration spent() {
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }

    boolean isSpent() {
        return limit.isPresent() && spent().compareTo(limit.get()) >= 0;
    }

    /** Whether it has ended some work; the exception of that work then does not matter. */
    boolean hasCut() {
        return cut;
    }

    private void check() throws IOException {
        if (isSpent()) {
            cut = true;
            throw new IOException("the time is up");
        }
    }

    /** Passes progress on, and ends the work in time; not in the moment in which it is done. */
    ProgressListener around(ProgressListener listener) {
        return progress -> {
            listener.onProgress(progress);
            if (progress.fraction() < 1) {
                try {
                    check();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** A store whose downloads end in time. */
    StorageClient around(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                return new FilterInputStream(super.download(version, range)) {
                    @Override
                    public int read() throws IOException {
                        check();
                        return super.read();
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) throws IOException {
                        check();
                        return super.read(to, offset, length);
                    }
                };
            }
        };
    }
}
