package io.kvbackup.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host as a process of its own, as its users start it, and a client for it. */
public final class HostProcess implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile(".* listens on (http://\\S+)");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    /** What came back. */
    public record Reply(int status, String text) {
        public JsonNode json() {
            try {
                return Json.read(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + text, e);
            }
        }

        public JsonNode data() {
            return json().path("data");
        }

        /** One clear sentence and no trace. */
        public Reply isError(int expected, String code) {
            assertThat(status).as(text).isEqualTo(expected);
            assertThat(json().path("status").asText()).isEqualTo("error");
            assertThat(json().path("code").asText()).as(text).isEqualTo(code);
            assertThat(json().path("message").asText()).isNotBlank().doesNotContain("\tat ", "Exception");
            return this;
        }

        public Reply isSuccess() {
            assertThat(status).as(text).isEqualTo(200);
            assertThat(json().path("status").asText()).as(text).isEqualTo("success");
            return this;
        }
    }

    private final Process process;
    private final String address;

    private HostProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Starts a host and waits until it listens. */
    public static HostProcess start(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("KVBACKUP_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher listens = LISTENS.matcher(line);
            if (listens.matches()) {
                Thread printer = new Thread(() -> lines.lines().forEach(System.out::println), "output of a host");
                printer.setDaemon(true);
                printer.start();
                return new HostProcess(process, listens.group(1));
            }
            seen.append(line).append('\n');
        }
        throw new IOException(main.getSimpleName() + " did not start:\n" + seen);
    }

    public String address() {
        return address;
    }

    public Reply post(String path, String body, String... headers) {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers)
                .join();
    }

    public Reply get(String path, String... headers) {
        return send("GET", path, new byte[0], headers).join();
    }

    /** Sends a request and does not wait for the answer. */
    public CompletableFuture<Reply> send(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofMinutes(2))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Reply(response.statusCode(), response.body()));
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill} does; the host has the time that it needs to end. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
