package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a daemon, or the controller. Safe for use by several threads. */
final class DaemonClient {
    static final String TOKEN_HEADER = "X-Cluster-Token";
    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    private static final Duration TO_ANSWER = Duration.ofMinutes(30);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TO_CONNECT)
            .build();

    private final URI address;
    private final String token;

    DaemonClient(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    /**
     * The data that it answers.
     *
     * @throws HttpError with its own error, or 502 if it does not answer
     */
    JsonNode call(String method, String path, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(TO_ANSWER)
                .header(TOKEN_HEADER, token)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> response;
        try {
            response = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new HttpError(502, "SERVER_UNREACHABLE", "The server at " + address + " does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + address + " was asked");
        }
        JsonNode answer = Json.read(response.body());
        if (response.statusCode() != 200) {
            throw new HttpError(
                    response.statusCode(),
                    answer.path("code").asText("INTERNAL_ERROR"),
                    answer.path("message").asText("The server at " + address + " answered " + response.statusCode()));
        }
        return answer.path("data");
    }

    JsonNode get(String path) throws IOException {
        return call("GET", path, new byte[0]);
    }

    JsonNode post(String path, Object body) throws IOException {
        return call("POST", path, Json.write(body));
    }
}
