package io.kvbackup.storage.faults;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Where the body of a message ends. Copies bodies as they are, chunks and all. */
record HttpBody(Framing framing, long length) {
    private static final int BUFFER = 16 * 1024;

    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSED
    }

    /** Takes bytes of a body; an exception of its own ends the copy. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    static HttpBody ofRequest(HttpHead head) {
        return of(head, new HttpBody(Framing.LENGTH, 0));
    }

    static HttpBody ofResponse(String method, HttpHead head) {
        int status = head.status();
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return new HttpBody(Framing.LENGTH, 0);
        }
        return of(head, new HttpBody(Framing.UNTIL_CLOSED, -1));
    }

    private static HttpBody of(HttpHead head, HttpBody otherwise) {
        if (head.value("Transfer-Encoding").map("chunked"::equalsIgnoreCase).orElse(false)) {
            return new HttpBody(Framing.CHUNKED, -1);
        }
        return head.value("Content-Length")
                .map(value -> new HttpBody(Framing.LENGTH, Long.parseLong(value)))
                .orElse(otherwise);
    }

    void copy(InputStream in, Sink out) throws IOException {
        switch (framing) {
            case LENGTH -> copy(in, out, length);
            case CHUNKED -> copyChunks(in, out);
            case UNTIL_CLOSED -> copyAll(in, out);
        }
    }

    private static void copy(InputStream in, Sink out, long count) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long left = count; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            if (read < 0) {
                throw new EOFException("a body ends " + left + " bytes early");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private static void copyAll(InputStream in, Sink out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
        }
    }

    private static void copyChunks(InputStream in, Sink out) throws IOException {
        long size;
        do {
            String line = line(in, out);
            size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
            copy(in, out, size);
            if (size > 0) {
                line(in, out);
            }
        } while (size > 0);
        while (!line(in, out).isEmpty()) {
            // trailers
        }
    }

    private static String line(InputStream in, Sink out) throws IOException {
        String line = HttpHead.readLine(in);
        if (line == null) {
            throw new EOFException("a body ends in the middle of its chunks");
        }
        byte[] bytes = (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        out.write(bytes, 0, bytes.length);
        return line;
    }
}
