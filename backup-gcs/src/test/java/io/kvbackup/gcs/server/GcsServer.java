package io.kvbackup.gcs.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback interface that speaks the JSON API of Google Cloud Storage as it is documented: simple,
 * multipart and resumable uploads, reads with ranges, listings by pages, rewrite, delete and batches, with generations
 * and all preconditions. It is strict: it refuses what the real one refuses, and parameters that it does not know.
 *
 * <p>What it does not do: buckets cannot be changed, objects keep no old versions, access is not controlled beyond one
 * token, listings know no delimiter. Content is in memory.
 *
 * <p>Safe for use by several threads. Closing it ends all connections and threads.
 */
public final class GcsServer implements AutoCloseable {
    static {
        // Read once by the JDK's server: without it each small answer waits for a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Router router;
    private final Faults faults = new Faults();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "gcs-server");
        thread.setDaemon(true);
        return thread;
    });
    private final Exchange exchange;
    private final HttpServer server;

    private GcsServer(@Nullable String token) throws IOException {
        router = new Router(Clock.systemUTC(), token);
        exchange = new Exchange(router, faults, requests);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** A server that everybody may use, with one bucket. */
    public static GcsServer start(String bucket) throws IOException {
        GcsServer server = new GcsServer(null);
        server.router.createBucket(bucket);
        return server;
    }

    /** A server that wants to see an access token, with one bucket. */
    public static GcsServer startWithToken(String bucket, String token) throws IOException {
        GcsServer server = new GcsServer(token);
        server.router.createBucket(bucket);
        return server;
    }

    /** Where it listens: {@code http://127.0.0.1:12345}. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What goes wrong on request. */
    public Faults faults() {
        return faults;
    }

    /** Method and URI of the requests so far, oldest first. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Resumable uploads that are neither finished nor cancelled. */
    public int openUploads() {
        return router.sessions().open();
    }

    /** Forgets all resumable uploads, as the real store does after a week. */
    public void expireUploads() {
        router.sessions().expireAll();
    }

    /** Keeps at most so many bytes of each chunk, rounded down to 256 KiB. */
    public void keepOfChunks(int bytes) {
        router.sessions().keepAtMost(bytes);
    }

    /** Lists at most so many objects on a page, whatever is asked for. */
    public void pageSize(int objects) {
        router.pageSize(objects);
    }

    /**
     * From now on says as little as a server of the protocol may: uploads are answered without a word about the object,
     * chunks without how much was kept, sessions by a place without host; header names are in lower case; listings know
     * no {@code startOffset}.
     */
    public void terse() {
        router.terse();
    }

    /**
     * From now on behaves as servers of other projects do: an object that is missing "does not exist", and a bucket is
     * "Not Found" without JSON; generations have nineteen digits; content is sent whatever {@code ifGenerationMatch}
     * says, without its length, and compressed for those who accept that; an upload ends when it is asked how much of
     * it has arrived, cannot be cancelled, and is forgotten when it is complete; no header can override a method.
     */
    public void foreign() {
        router.foreign();
    }

    /** Copies at most so many bytes by one request. */
    public void rewritePerCall(long bytes) {
        router.rewrites().bytesPerCall(bytes);
    }

    @Override
    public void close() {
        exchange.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
