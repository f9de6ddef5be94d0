package io.kvbackup;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;

/**
 * A store whose reads end in time-outs of a socket when it is told to: these are interrupted requests by class, not by
 * nature.
 */
final class TimingOutStorage extends ForwardingStorageClient {
    private int listingsThatTimeOut;
    private volatile String unreadable = "none";

    TimingOutStorage(StorageClient delegate) {
        super(delegate);
    }

    synchronized void timeOutNextListings(int count) {
        listingsThatTimeOut = count;
    }

    private synchronized boolean timesOut() {
        return listingsThatTimeOut-- > 0;
    }

    /** What is read of the object fails in the way of a client that wraps what happened. */
    void timeOutDownloadsOf(String key) {
        unreadable = key;
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        if (timesOut()) {
            throw new SocketTimeoutException("listing timed out");
        }
        return super.list(prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        refuse(key);
        return super.download(key, range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        refuse(version.key());
        return super.download(version, range);
    }

    private void refuse(String key) throws IOException {
        if (key.equals(unreadable)) {
            throw new IOException("cannot download " + key, new SocketTimeoutException("read timed out"));
        }
    }
}
