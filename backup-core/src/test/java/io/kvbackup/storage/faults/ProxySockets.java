package io.kvbackup.storage.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every socket of a proxy, so that none outlives it. */
final class ProxySockets {
    private final Set<Socket> open = new HashSet<>();
    private boolean closed;

    /** Keeps an eye on a socket; closes it at once if the proxy is closed already. */
    Socket add(Socket socket) throws IOException {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                open.add(socket);
            }
        }
        if (late) {
            socket.close();
            throw new IOException("the proxy is closed");
        }
        socket.setTcpNoDelay(true);
        return socket;
    }

    Socket connect(InetSocketAddress target) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(target);
            return add(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void close(Socket socket) {
        synchronized (this) {
            open.remove(socket);
        }
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, open or not.
        }
    }

    /** Closes a socket so that the other side gets a reset, and loses what it has not read. */
    void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // The other side was faster.
        }
        close(socket);
    }

    synchronized int count() {
        return open.size();
    }

    void closeAll() {
        List<Socket> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open);
        }
        all.forEach(this::close);
    }
}
