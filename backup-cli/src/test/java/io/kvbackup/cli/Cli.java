package io.kvbackup.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tool inside this process, with an environment, a clock and a keyboard of the test. */
final class Cli {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Map<String, String> environment = new LinkedHashMap<>();
    private String password = "";
    private Terminal.Stop stop = time -> true;

    /** What one call gave. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Run(int code, byte[] bytes, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        Run ok() {
            if (code != 0) {
                throw new AssertionError("exit code " + code + ": " + err + out);
            }
            return this;
        }
    }

    Cli variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Cli stop(Terminal.Stop when) {
        stop = when;
        return this;
    }

    Cli password(String typed) {
        password = typed;
        return this;
    }

    Run run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                false,
                what -> password.toCharArray(),
                stop,
                Clock.fixed(NOW, ZoneOffset.UTC));
        int code = new Tool(terminal).run(args);
        terminal.out().flush();
        return new Run(
                code, out.toByteArray(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
