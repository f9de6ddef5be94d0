package io.kvbackup.storage.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands before an HTTP server on the loopback interface and plays a network that fails. It passes bytes on as they
 * are, except that it answers {@code Expect: 100-continue} itself, so signatures hold; it knows HTTP just well enough
 * to tell requests apart.
 *
 * <pre>{@code
 * ProxyScript lost = request ->
 *         request.method().equals("PUT") ? new ProxyFault(Kind.RESET_AFTER_EFFECT, 0) : ProxyFault.NONE;
 * try (FaultProxy proxy = FaultProxy.start(server.endpoint(), lost)) {
 *     // talk to proxy.endpoint()
 * }
 * }</pre>
 *
 * Safe for use by several threads. {@link #close} ends all connections and waits for all threads.
 */
public final class FaultProxy implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int BACKLOG = 200;

    private final InetSocketAddress target;
    private final InetSocketAddress address;
    private final ProxySockets sockets = new ProxySockets();
    private final Queue<ProxyExchange> exchanges = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads;
    private volatile ProxyScript script;
    private volatile Duration latency = Duration.ZERO;
    private volatile int refuseMillis;
    private volatile ServerSocket listener;

    private FaultProxy(InetSocketAddress target, ProxyScript script) throws IOException {
        this.target = target;
        this.script = script;
        this.listener = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.address = (InetSocketAddress) listener.getLocalSocketAddress();
        String name = "fault-proxy-" + NUMBER.incrementAndGet();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::accept);
    }

    /** A proxy for {@code http://host:port}. */
    public static FaultProxy start(URI server, ProxyScript script) throws IOException {
        return new FaultProxy(new InetSocketAddress(server.getHost(), server.getPort()), script);
    }

    /** Where it listens: {@code http://127.0.0.1:12345}. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** What goes wrong with the requests that come from now on. */
    public FaultProxy script(ProxyScript script) {
        this.script = script;
        return this;
    }

    /** How long each request waits before it is passed on. */
    public FaultProxy latency(Duration latency) {
        this.latency = latency;
        return this;
    }

    /** Requests that have ended, in the order of their ends. */
    public List<ProxyExchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** The largest number of such requests that were under way at the same time. */
    public int mostAtOnce(Predicate<ProxyRequest> which) {
        List<long[]> changes = new ArrayList<>();
        for (ProxyExchange exchange : exchanges) {
            if (which.test(exchange.request())) {
                changes.add(new long[] {exchange.start(), 1});
                changes.add(new long[] {exchange.end(), -1});
            }
        }
        changes.sort((a, b) -> a[0] == b[0] ? Long.compare(a[1], b[1]) : Long.compare(a[0] - b[0], 0));
        int now = 0;
        int most = 0;
        for (long[] change : changes) {
            now += (int) change[1];
            most = Math.max(most, now);
        }
        return most;
    }

    /** Connections of clients and to the server that are open. */
    public int openConnections() {
        return sockets.count();
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try {
                Socket client = sockets.add(listener.accept());
                threads.execute(new ProxyConnection(this, client));
            } catch (IOException e) {
                listenAgain();
            }
        }
    }

    /** Only a port on which nobody listens refuses connections. */
    private void listenAgain() {
        try {
            while (!pause(Duration.ofMillis(Math.max(1, refuseMillis)))) {
                try {
                    listener = listen(address);
                    if (closed.getCount() == 0) {
                        listener.close();
                    }
                    return;
                } catch (IOException e) {
                    // Connections of before still hold the port: try again.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerSocket listen(InetSocketAddress address) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    void refuseFor(int millis) throws IOException {
        refuseMillis = millis;
        listener.close();
    }

    /** Returns whether the proxy was closed meanwhile. */
    boolean pause(Duration pause) throws InterruptedException {
        return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    ProxyFault faultFor(ProxyRequest request) {
        return script.faultFor(request);
    }

    void ended(ProxyExchange exchange) {
        exchanges.add(exchange);
    }

    Duration latency() {
        return latency;
    }

    InetSocketAddress target() {
        return target;
    }

    ProxySockets sockets() {
        return sockets;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        sockets.closeAll();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IOException("threads of the proxy on port " + address.getPort() + " do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
