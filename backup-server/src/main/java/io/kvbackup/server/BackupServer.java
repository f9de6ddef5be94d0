package io.kvbackup.server;

import com.sun.net.httpserver.HttpServer;
import io.kvbackup.BackupManager;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Shows over HTTP how the backups of one manager stand, and starts and stops jobs: a page for people at {@code /}, JSON
 * for machines below {@code /api}. See {@code docs/guide/server.md} for the addresses.
 *
 * <p>It listens on the loopback address unless told otherwise, and on another one only with a token. Nothing is started
 * or changed by GET; what is asked for by POST must carry a header that pages of other origins cannot send. It speaks
 * plain HTTP: put a proxy with TLS before it if the network is not yours.
 *
 * <p>Safe for use by several threads. Closing it does not close the manager; close it first.
 */
public final class BackupServer implements Closeable {
    private static final int THREADS = 4;

    private final HttpServer server;
    private final ExecutorService threads;

    private BackupServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    public static Builder builder(BackupManager manager) {
        return new Builder(manager);
    }

    /** The address of the page. */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/");
    }

    /** Stops listening. Jobs go on. Does nothing the second time. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Says where a server listens, and who may use it. Not thread-safe. */
    public static final class Builder {
        private final BackupManager manager;
        private InetAddress address = InetAddress.getLoopbackAddress();
        private int port = 8420;
        private @Nullable String token;

        private Builder(BackupManager manager) {
            this.manager = Objects.requireNonNull(manager, "manager");
        }

        /** Where to listen; the loopback address unless given. */
        public Builder address(InetAddress address) {
            this.address = Objects.requireNonNull(address, "address");
            return this;
        }

        /**
         * On which port to listen; 8420 unless given, any free one for 0.
         *
         * @throws IllegalArgumentException if it is not between 0 and 65,535
         */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * What everybody must know who asks for anything but the empty page. None unless given.
         *
         * @throws IllegalArgumentException if it has fewer than 16 characters, or other than visible ASCII ones
         */
        public Builder token(String token) {
            if (token.length() < 16 || !token.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
                throw new IllegalArgumentException(
                        "the token must have at least 16 characters, all of them visible ASCII; make one with"
                                + " 'openssl rand -hex 16'");
            }
            this.token = token;
            return this;
        }

        /**
         * Begins to listen.
         *
         * @throws IllegalStateException if it would listen on another address than the loopback one without a token
         * @throws IOException if the port is taken, for example
         */
        public BackupServer start() throws IOException {
            if (token == null && !address.isLoopbackAddress()) {
                throw new IllegalStateException("a server that listens on " + address.getHostAddress()
                        + " needs a token, or everybody who reaches it could run and cancel backups; give one with"
                        + " token(…), or listen on the loopback address");
            }
            HttpServer server;
            try {
                server = HttpServer.create(new InetSocketAddress(address, port), 0);
            } catch (IOException e) {
                throw new IOException(
                        "cannot listen on " + address.getHostAddress() + ", port " + port + ": " + e.getMessage()
                                + "; is another server running there?",
                        e);
            }
            AtomicInteger number = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
                Thread thread = new Thread(task, "kvbackup-server-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
            Guard guard = new Guard(Optional.ofNullable(token), address.isLoopbackAddress());
            server.createContext("/", new RequestHandler(guard, new Routes(manager)));
            server.setExecutor(threads);
            server.start();
            return new BackupServer(server, threads);
        }
    }
}
