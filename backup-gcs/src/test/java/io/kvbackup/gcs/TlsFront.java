package io.kvbackup.gcs;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Ends TLS in front of a server on loopback, with a key of its own, which this JVM trusts until it is closed. */
final class TlsFront implements Closeable {
    /** Instead of a server: nothing is read. */
    static final int DEAF = 0;

    private static final String PASSWORD = "not-secret";

    private final ServerSocket socket;
    private final SSLSocketFactory tls;
    private final int target;
    private final SSLContext before = SSLContext.getDefault();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger toDrop = new AtomicInteger();

    /** @param folder for the key */
    TlsFront(Path folder, int target) throws IOException, GeneralSecurityException, InterruptedException {
        this.target = target;
        SSLContext trusting = context(folder.resolve("key.p12"));
        tls = trusting.getSocketFactory();
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLContext.setDefault(trusting);
        threads.execute(this::accept);
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException, InterruptedException {
        makeKey(file);
        KeyStore key = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            key.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(key, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", key.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return made;
    }

    /** The JDK has no other way to make a certificate. */
    private static void makeKey(Path file) throws IOException, InterruptedException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = List.of(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = socket.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket raw) {
        try {
            if (toDrop.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                drop(raw);
                return;
            }
            SSLSocket client = (SSLSocket) tls.createSocket(raw, null, true);
            client.startHandshake();
            connections.incrementAndGet();
            if (target == DEAF) {
                return;
            }
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            threads.execute(() -> pipe(client, server));
            pipe(server, client);
        } catch (IOException e) {
            // The client has gone.
        }
    }

    /** Ends a connection without an answer to the greeting of its client. */
    private static void drop(Socket client) throws IOException {
        try (client) {
            // A connection whose bytes nobody has read would be reset, instead of ended.
            client.shutdownOutput();
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void pipe(Socket from, Socket to) {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
        } catch (IOException e) {
            // One of the two has gone.
        }
    }

    String endpoint() {
        return "https://127.0.0.1:" + socket.getLocalPort();
    }

    /** The next ones break off in their handshake. */
    void drop(int handshakes) {
        toDrop.set(handshakes);
    }

    /** How many there have been, without those that broke off in their handshake. */
    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        SSLContext.setDefault(before);
        socket.close();
        for (Socket one : open) {
            one.close();
        }
        threads.shutdownNow();
    }
}
