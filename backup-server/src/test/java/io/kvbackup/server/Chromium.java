package io.kvbackup.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page in a Chromium without a window, spoken to by its DevTools protocol. */
public final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LISTENS = Pattern.compile("DevTools listening on ws://([^/]+)/.*");

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<String> replies;
    private int calls;

    private Chromium(Process process, WebSocket socket, BlockingQueue<String> replies) {
        this.process = process;
        this.socket = socket;
        this.replies = replies;
    }

    /** Where it is installed, if it is. */
    public static Optional<Path> binary() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(name -> Path.of("/usr/bin", name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one and opens a page.
     *
     * @param profile a folder that it may fill
     */
    public static Chromium open(Path binary, String address, Path profile) throws Exception {
        Process process = new ProcessBuilder(
                        binary.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--window-size=1100,900",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + profile,
                        "--remote-debugging-port=0",
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String devTools = null;
        while (devTools == null) {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("Chromium did not start");
            }
            Matcher listens = LISTENS.matcher(line);
            devTools = listens.matches() ? listens.group(1) : null;
        }
        Thread drain = new Thread(() -> lines.lines().forEach(line -> {}), "output of Chromium");
        drain.setDaemon(true);
        drain.start();
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest newPage = HttpRequest.newBuilder(URI.create("http://" + devTools + "/json/new?" + address))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        JsonNode page = JSON.readTree(
                client.send(newPage, HttpResponse.BodyHandlers.ofByteArray()).body());
        BlockingQueue<String> replies = new LinkedBlockingQueue<>();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(page.path("webSocketDebuggerUrl").asText()), listener(replies))
                .join();
        return new Chromium(process, socket, replies);
    }

    private static WebSocket.Listener listener(BlockingQueue<String> replies) {
        StringBuilder text = new StringBuilder();
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                    replies.add(text.toString());
                    text.setLength(0);
                }
                socket.request(1);
                return null;
            }
        };
    }

    /** The value of an expression in the page, as text. */
    public String evaluate(String expression) throws Exception {
        Map<String, Object> parameters =
                Map.of("expression", "(async () => String(" + expression + "))()", "awaitPromise", true);
        return call("Runtime.evaluate", parameters).path("result").path("value").asText();
    }

    /** Makes the window so many CSS pixels wide, as that of a phone. */
    public void width(int pixels) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 800, "deviceScaleFactor", 1, "mobile", true));
    }

    /** Presses a key where the focus is. */
    public void press(String key, int code) throws Exception {
        String text = key.equals("Enter") ? "\r" : "";
        for (String type : new String[] {"keyDown", "keyUp"}) {
            Map<String, Object> parameters =
                    Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text);
            call("Input.dispatchKeyEvent", parameters);
        }
    }

    /** A picture of the whole page. */
    public void screenshot(Path png) throws Exception {
        JsonNode picture = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.createDirectories(png.toAbsolutePath().getParent());
        Files.write(png, Base64.getDecoder().decode(picture.path("data").asText()));
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = ++calls;
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        while (true) {
            String reply = replies.poll(30, TimeUnit.SECONDS);
            if (reply == null) {
                throw new IOException("Chromium does not answer");
            }
            JsonNode answer = JSON.readTree(reply);
            if (answer.path("id").asInt() == id) {
                if (answer.has("error")) {
                    throw new IOException(method + ": " + answer.path("error"));
                }
                return answer.path("result");
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        socket.abort();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
