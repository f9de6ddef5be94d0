package io.kvbackup.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code main} of a test class in a JVM of its own, whose temporary folder can be chosen. Closing kills it. */
public final class OtherProcess implements Closeable {
    private final Process process;

    private OtherProcess(Process process) {
        this.process = process;
    }

    /** Starts it; its errors are shown. */
    public static OtherProcess start(Class<?> main, Path temporary, Object... arguments) throws IOException {
        List<String> options = List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Djava.io.tmpdir=" + temporary);
        OtherProcess other = new OtherProcess(command(options, main, arguments).start());
        show(other.process.getErrorStream());
        return other;
    }

    /**
     * Runs it to its end, with what it prints shown; fails unless all goes well within that time and a heap of 64 MiB.
     */
    public static void run(Class<?> main, Duration atMost, Object... arguments)
            throws IOException, InterruptedException {
        run(List.of(), main, atMost, arguments);
    }

    /** The same with options of that JVM. */
    public static void run(List<String> more, Class<?> main, Duration atMost, Object... arguments)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        options.addAll(more);
        try (OtherProcess other = new OtherProcess(
                command(options, main, arguments).redirectErrorStream(true).start())) {
            Thread showing = show(other.process.getInputStream());
            assertThat(other.endsWithin(atMost)).as("ends").isTrue();
            showing.join();
            assertThat(other.exit()).isZero();
        }
    }

    /** Through this process, whose own output may be a channel of whoever started it. */
    private static Thread show(InputStream output) {
        Thread showing = new Thread(
                () -> new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))
                        .lines()
                        .forEach(System.out::println),
                "output of another process");
        showing.setDaemon(true);
        showing.start();
        return showing;
    }

    private static ProcessBuilder command(List<String> options, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx64m");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command);
    }

    /** Waits until it has printed a line that says so. */
    public void awaitReady() throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            line = out.readLine();
        }
        assertThat(line).as("see the output of the process").isEqualTo("ready");
    }

    /** Tells it to stop: ends its input. */
    public void stop() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits so long for its end, and tells whether it came. */
    public boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for its end, and returns how it ended. */
    public int exit() throws InterruptedException {
        assertThat(endsWithin(Duration.ofSeconds(60))).as("ends").isTrue();
        return process.exitValue();
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        exit();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
