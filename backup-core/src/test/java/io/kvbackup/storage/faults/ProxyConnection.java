package io.kvbackup.storage.faults;

import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: its requests one after the other, and the connection to the server that they go on by.
 */
final class ProxyConnection implements Runnable {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final HttpBody.Sink NOWHERE = (bytes, offset, length) -> {};

    private final FaultProxy proxy;
    private final Socket client;
    private @Nullable Upstream upstream;

    ProxyConnection(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** A connection to the server. */
    private record Upstream(Socket socket, InputStream in, OutputStream out) {}

    /** Ends a connection on purpose. */
    private static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void run() {
        try {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            HttpHead head = HttpHead.read(in);
            while (head != null && exchange(head, in, out)) {
                head = HttpHead.read(in);
            }
        } catch (IOException | InterruptedException e) {
            // One side has gone, or the fault wants it so; the sockets go below.
        } finally {
            proxy.sockets().close(client);
            dropUpstream();
        }
    }

    private void dropUpstream() {
        if (upstream != null) {
            proxy.sockets().close(upstream.socket());
            upstream = null;
        }
    }

    /** Whether the connection is good for another request. */
    private boolean exchange(HttpHead head, InputStream in, OutputStream out) throws IOException, InterruptedException {
        String[] line = head.line().split(" ", 3);
        ProxyRequest request = new ProxyRequest(line[0], line[1], head.headers());
        ProxyFault fault = proxy.faultFor(request);
        long start = System.nanoTime();
        ProxyResponse response = new ProxyResponse(proxy, client, fault, request.method());
        try {
            proxy.pause(proxy.latency());
            if (head.value("Expect").isPresent()) {
                out.write(CONTINUE);
                out.flush();
            }
            boolean goesOn = pass(head.without("Expect"), in, fault, response);
            return goesOn && !head.closes();
        } finally {
            proxy.ended(new ProxyExchange(request, fault, start, System.nanoTime(), response.bodyBytes()));
        }
    }

    private boolean pass(HttpHead head, InputStream in, ProxyFault fault, ProxyResponse response)
            throws IOException, InterruptedException {
        HttpBody body = HttpBody.ofRequest(head);
        switch (fault.kind()) {
            case REFUSE -> {
                proxy.refuseFor(fault.number());
                return reset();
            }
            case STATUS -> {
                body.copy(in, NOWHERE);
                response.status(fault.number());
                return true;
            }
            case DUPLICATE -> {
                byte[] copy = buffered(body, in);
                send(head, copy);
                response.swallow(upstream().in());
                dropUpstream();
                send(head, copy);
            }
            default -> {
                if (!forward(head, body, in, fault)) {
                    return false;
                }
            }
        }
        boolean keeps = response.relay(upstream().in());
        if (!keeps) {
            dropUpstream();
        }
        return keeps;
    }

    /** Whether the whole request went on to the server. */
    private boolean forward(HttpHead head, HttpBody body, InputStream in, ProxyFault fault) throws IOException {
        boolean cut = fault.kind() == Kind.RESET_REQUEST || fault.kind() == Kind.STALL_REQUEST;
        Upstream to = upstream();
        long[] left = {cut ? fault.number() : Long.MAX_VALUE};
        if (cut && body.framing() == HttpBody.Framing.LENGTH) {
            left[0] = Math.min(left[0], Math.max(0, body.length() - 1));
        }
        try {
            if (!cut || left[0] > 0) {
                head.write(to.out());
            }
            body.copy(in, (bytes, offset, length) -> {
                int passed = (int) Math.min(length, left[0]);
                to.out().write(bytes, offset, passed);
                left[0] -= passed;
                if (passed < length) {
                    throw new Broken();
                }
            });
            to.out().flush();
        } catch (Broken e) {
            return end(fault, in);
        }
        return !cut || end(fault, in);
    }

    private boolean end(ProxyFault fault, InputStream in) throws IOException {
        if (fault.kind() == Kind.STALL_REQUEST) {
            proxy.sockets().close(upstream().socket());
            in.transferTo(OutputStream.nullOutputStream());
            return false;
        }
        return reset();
    }

    private boolean reset() {
        proxy.sockets().reset(client);
        return false;
    }

    private static byte[] buffered(HttpBody body, InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.copy(in, bytes::write);
        return bytes.toByteArray();
    }

    private void send(HttpHead head, byte[] body) throws IOException {
        Upstream to = upstream();
        head.write(to.out());
        to.out().write(body);
        to.out().flush();
    }

    private Upstream upstream() throws IOException {
        Upstream open = upstream;
        if (open == null) {
            Socket socket = proxy.sockets().connect(proxy.target());
            open = new Upstream(socket, new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
            upstream = open;
        }
        return open;
    }
}
