package io.kvbackup.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tool talks to; tests give their own.
 *
 * @param out results, and nothing else
 * @param err progress, warnings and errors
 * @param environment variables
 * @param interactive whether a person watches
 * @param prompt asks for a secret
 * @param stop ends what goes on until it is stopped
 * @param clock tells how old backups are
 */
record Terminal(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean interactive,
        Prompt prompt,
        Stop stop,
        Clock clock) {
    private static final int BUFFER = 1 << 16;

    /** Asks without showing what is typed. */
    @FunctionalInterface
    interface Prompt {
        char[] ask(String what) throws IOException;
    }

    /** Waits for somebody to stop the tool. */
    @FunctionalInterface
    interface Stop {
        /** @return whether the tool is to end; false after the time */
        boolean within(Duration time) throws InterruptedException;
    }

    /** The streams of this process. */
    @SuppressWarnings("SystemConsoleNull") // looked at below
    static Terminal ofProcess() {
        Console console = System.console();
        return new Terminal(
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                console != null && isTerminal(console),
                what -> ask(console, what),
                new Signals(),
                Clock.systemUTC());
    }

    /** From JDK 22 on there is a console even if its streams are piped, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    private static char[] ask(@Nullable Console console, String what) throws IOException {
        char[] answer = console == null ? null : console.readPassword("%s: ", what);
        if (answer == null) {
            throw new IOException("there is no terminal to ask for the " + what + "; use --password-file");
        }
        return answer;
    }
}
