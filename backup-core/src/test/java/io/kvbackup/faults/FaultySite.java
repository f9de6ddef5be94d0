package io.kvbackup.faults;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.ProxyExchange;
import java.io.IOException;
import java.net.URI;

/** A place of its own on a real server, for one run. Closing it gives up what is there. */
public interface FaultySite extends AutoCloseable {
    /** Where the server listens: {@code http://127.0.0.1:12345}. */
    URI server();

    /** Sees the place without faults; closed with the site. */
    StorageClient honest();

    /** A client that reaches the place by way of that address; the caller closes it. */
    StorageClient connect(URI endpoint) throws IOException;

    /** Size of databases that are meant to be large here, in bytes: more than two parts of an upload. */
    int largeBytes();

    /** How many uploads, or parts of some, the server holds that were neither finished nor given up. */
    int unfinishedUploads() throws IOException;

    /**
     * How many of these may be there because of what has happened to that request: one if it began an upload of which
     * nobody knows the id since the answer was lost.
     */
    int excused(ProxyExchange exchange);

    @Override
    void close() throws IOException;
}
