package io.kvbackup.storage.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** First line and headers of a message of HTTP/1.1, as they came. */
record HttpHead(String line, List<String> headers) {
    private static final int MAX_LINE = 64 * 1024;

    /** Null if the connection ends before the first byte. */
    static @Nullable HttpHead read(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        for (String header = readLine(in); header == null || !header.isEmpty(); header = readLine(in)) {
            if (header == null) {
                throw new EOFException("the head ends early");
            }
            headers.add(header);
        }
        return new HttpHead(line, headers);
    }

    static @Nullable String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("a line ends early");
            }
            if (line.size() == MAX_LINE) {
                throw new IOException("a line of more than " + MAX_LINE + " bytes");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    void write(OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder(line).append("\r\n");
        headers.forEach(header -> text.append(header).append("\r\n"));
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static Optional<String> value(List<String> headers, String name) {
        return headers.stream()
                .filter(header -> header.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(header -> header.substring(name.length() + 1).strip())
                .findFirst();
    }

    Optional<String> value(String name) {
        return value(headers, name);
    }

    HttpHead without(String name) {
        return new HttpHead(
                line,
                headers.stream()
                        .filter(header -> !header.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                        .toList());
    }

    /** The status of an answer. */
    int status() {
        return Integer.parseInt(line.split(" ", 3)[1]);
    }

    boolean closes() {
        return value("Connection").map("close"::equalsIgnoreCase).orElse(false);
    }
}
