package io.kvbackup.gcs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS sockets that can be closed while a write hangs. Closing says good-bye to the other side, for which the JDK waits until that
 * write has come back, unless the socket has a bound for it.
 */
final class HastySockets extends SSLSocketFactory {
    private static final int SECONDS = 1;
    private static @Nullable HastySockets last;

    private final SSLSocketFactory sockets;

    private HastySockets(SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    /** Those of {@code sockets}. The same as before if it is the same: the JDK uses a connection again only for the factory that made it. */
    static synchronized HastySockets of(SSLSocketFactory sockets) {
        if (last == null || last.sockets != sockets) {
            last = new HastySockets(sockets);
        }
        return last;
    }

    private static Socket hasty(Socket socket) throws IOException {
        socket.setSoLinger(true, SECONDS);
        return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
        return hasty(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return hasty(sockets.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return hasty(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return hasty(sockets.createSocket(host, port, from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return hasty(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return hasty(sockets.createSocket(host, port, from, fromPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
