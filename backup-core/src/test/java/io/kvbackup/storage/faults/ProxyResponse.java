package io.kvbackup.storage.faults;

import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The answer to one request, on its way back. */
final class ProxyResponse {
    private static final Duration PIECE = Duration.ofMillis(1);

    private final FaultProxy proxy;
    private final Socket client;
    private final ProxyFault fault;
    private final String method;
    private long bodyBytes;

    ProxyResponse(FaultProxy proxy, Socket client, ProxyFault fault, String method) {
        this.proxy = proxy;
        this.client = client;
        this.fault = fault;
        this.method = method;
    }

    /** Says that so many bytes were enough. */
    private static final class Cut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Of the answer, sent to the client. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Answers with a status, as S3 words it. */
    void status(int status) throws IOException {
        String code = status == 503 || status == 429 ? "SlowDown" : "InternalError";
        byte[] body = method.equals("HEAD")
                ? new byte[0]
                : ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                                + "</Code><Message>Please reduce your request rate.</Message></Error>")
                        .getBytes(StandardCharsets.UTF_8);
        HttpHead head = new HttpHead(
                "HTTP/1.1 " + status + " On Purpose",
                List.of("Retry-After: 0", "Content-Type: application/xml", "Content-Length: " + body.length));
        head.write(client.getOutputStream());
        client.getOutputStream().write(body);
        client.getOutputStream().flush();
    }

    /** Reads an answer of which the client learns nothing. Returns whether the server's connection stays open. */
    boolean swallow(InputStream from) throws IOException {
        HttpHead head = head(from);
        HttpBody body = HttpBody.ofResponse(method, head);
        body.copy(from, (bytes, offset, length) -> {});
        return !head.closes() && body.framing() != HttpBody.Framing.UNTIL_CLOSED;
    }

    /** Passes the answer on, as far as the fault lets it. Returns whether both connections stay open. */
    boolean relay(InputStream from) throws IOException {
        switch (fault.kind()) {
            case STATUS_AFTER_EFFECT -> {
                boolean keeps = swallow(from);
                status(fault.number());
                return keeps;
            }
            case RESET_AFTER_EFFECT -> {
                swallow(from);
                proxy.sockets().reset(client);
                return false;
            }
            default -> {
                return pass(from);
            }
        }
    }

    private boolean pass(InputStream from) throws IOException {
        HttpHead head = head(from);
        HttpBody body = HttpBody.ofResponse(method, head);
        OutputStream out = client.getOutputStream();
        long[] left = {cuts() ? fault.number() : Long.MAX_VALUE};
        try {
            if (left[0] <= 0 && body.length() == 0) {
                throw new Cut(); // without a body, the head is what goes missing
            }
            head.write(out);
            body.copy(from, (bytes, offset, length) -> {
                int passed = (int) Math.min(length, left[0]);
                write(out, bytes, offset, passed);
                left[0] -= passed;
                if (passed < length) {
                    throw new Cut();
                }
            });
            out.flush();
        } catch (Cut e) {
            cut();
            return false;
        }
        return !head.closes() && body.framing() != HttpBody.Framing.UNTIL_CLOSED;
    }

    private boolean cuts() {
        return fault.kind() == Kind.RESET_RESPONSE
                || fault.kind() == Kind.TRUNCATE_RESPONSE
                || fault.kind() == Kind.STALL_RESPONSE;
    }

    private void write(OutputStream out, byte[] bytes, int offset, int length) throws IOException {
        int piece = fault.kind() == Kind.TRICKLE ? Math.max(1, fault.number()) : Integer.MAX_VALUE;
        for (int from = offset; from < offset + length; ) {
            int count = Math.min(piece, offset + length - from);
            if (piece != Integer.MAX_VALUE) {
                pauseForAPiece();
            }
            out.write(bytes, from, count);
            bodyBytes += count;
            from += count;
        }
    }

    private void pauseForAPiece() throws IOException {
        try {
            proxy.pause(PIECE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the proxy is being closed");
        }
    }

    private void cut() throws IOException {
        if (fault.kind() == Kind.RESET_RESPONSE) {
            proxy.sockets().reset(client);
        } else if (fault.kind() == Kind.STALL_RESPONSE) {
            client.getInputStream().transferTo(OutputStream.nullOutputStream()); // until it gives up
        }
    }

    private static HttpHead head(InputStream from) throws IOException {
        HttpHead head = HttpHead.read(from);
        while (head != null && head.status() / 100 == 1) {
            head = HttpHead.read(from);
        }
        if (head == null) {
            throw new EOFException("the server has closed the connection");
        }
        return head;
    }
}
