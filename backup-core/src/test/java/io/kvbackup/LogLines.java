package io.kvbackup;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged while it is open. One at a time, since loggers write to the one {@code System.err}. */
public final class LogLines implements Closeable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    public LogLines() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    /** Lines of the level WARN that contain a text. */
    public List<String> warnings(String text) {
        return written.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("WARN") && line.contains(text))
                .toList();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
