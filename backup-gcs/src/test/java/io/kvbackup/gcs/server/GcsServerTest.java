package io.kvbackup.gcs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server refuses what the real one refuses; without that the tests of the client would prove little. */
class GcsServerTest {
    private static final String SIMPLE = "/upload/storage/v1/b/bucket/o?uploadType=media&name=";
    private static final String OBJECTS = "/storage/v1/b/bucket/o";
    private static final int CHUNK = 256 * 1024;

    private final HttpClient http = HttpClient.newHttpClient();
    private GcsServer server;

    @BeforeEach
    void start() throws IOException {
        server = GcsServer.start("bucket");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void simpleUploadShowsWithAllItsProperties() throws Exception {
        JsonNode object = json(send("POST", SIMPLE + "dir%2Fa", "123456789", Map.of("Content-Type", "text/plain")));

        assertThat(object.path("name").asText()).isEqualTo("dir/a");
        assertThat(object.path("size").asText()).isEqualTo("9");
        assertThat(object.path("contentType").asText()).isEqualTo("text/plain");
        assertThat(object.path("metageneration").asText()).isEqualTo("1");
        // The check value of CRC-32C for this text is E3069283.
        assertThat(object.path("crc32c").asText()).isEqualTo("4waSgw==");
        assertThat(object.path("md5Hash").asText()).isEqualTo("JfnnlDI7RTiF9RgfG2JNCw==");
        assertThat(send("GET", OBJECTS + "/dir%2Fa?alt=media", "", Map.of()).body())
                .isEqualTo("123456789");
        assertThat(send("GET", OBJECTS + "/dir/a", "", Map.of()).statusCode()).isEqualTo(404);
    }

    @Test
    void wrongChecksumsAreRefused() throws Exception {
        assertThat(send("POST", SIMPLE + "a", "x", Map.of("X-Goog-Hash", "crc32c=AAAAAA=="))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", SIMPLE + "a", "x", Map.of("X-Goog-Hash", "md5=AAAAAA=="))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", SIMPLE + "a", "123456789", Map.of("X-Goog-Hash", "crc32c=4waSgw=="))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void namesAndParametersThatCannotBeAreRefused() throws Exception {
        for (String name : new String[] {"", "a%0Ab", "a%0Db", ".", "..", "x".repeat(1_025)}) {
            assertThat(send("POST", SIMPLE + name, "x", Map.of()).statusCode())
                    .as(name)
                    .isEqualTo(400);
        }
        assertThat(send("POST", SIMPLE + "a&ifGenerationMatches=0", "x", Map.of())
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", SIMPLE + "a&ifGenerationMatch=-1", "x", Map.of())
                        .statusCode())
                .isEqualTo(400);
        JsonNode error = json(send("GET", "/storage/v1/b/nowhere/o", "", Map.of()));
        assertThat(error.path("error").path("message").asText()).isEqualTo("The specified bucket does not exist.");
    }

    @Test
    void preconditionsHoldForReadsWritesAndDeletions() throws Exception {
        String generation = json(send("POST", SIMPLE + "a", "x", Map.of()))
                .path("generation")
                .asText();

        assertStatus(412, "POST", SIMPLE + "a&ifGenerationMatch=0");
        assertStatus(412, "POST", SIMPLE + "a&ifMetagenerationMatch=2");
        assertStatus(412, "POST", SIMPLE + "a&ifGenerationNotMatch=" + generation);
        assertStatus(412, "POST", SIMPLE + "b&ifGenerationMatch=5");
        assertStatus(412, "GET", OBJECTS + "/a?alt=media&ifGenerationMatch=5");
        assertStatus(304, "GET", OBJECTS + "/a?ifGenerationNotMatch=" + generation);
        assertStatus(404, "GET", OBJECTS + "/a?generation=5");
        assertStatus(412, "DELETE", OBJECTS + "/a?ifGenerationMatch=5");
        assertStatus(412, "POST", OBJECTS + "/a/rewriteTo/b/bucket/o/b?ifSourceGenerationMatch=5");
        assertStatus(412, "POST", OBJECTS + "/a/rewriteTo/b/bucket/o/b?ifGenerationMatch=5");
        assertStatus(204, "DELETE", OBJECTS + "/a?ifGenerationMatch=" + generation);
        assertStatus(404, "DELETE", OBJECTS + "/a");
    }

    @Test
    void rangesAreServedOrRefused() throws Exception {
        send("POST", SIMPLE + "a", "0123456789", Map.of());
        Map<String, String> ranges = Map.of(
                "bytes=2-4",
                "234",
                "bytes=7-",
                "789",
                "bytes=-3",
                "789",
                "bytes=8-100",
                "89",
                "lines=1-2",
                "0123456789");
        for (Map.Entry<String, String> range : ranges.entrySet()) {
            assertThat(send("GET", OBJECTS + "/a?alt=media", "", Map.of("Range", range.getKey()))
                            .body())
                    .as(range.getKey())
                    .isEqualTo(range.getValue());
        }
        assertThat(send("GET", OBJECTS + "/a?alt=media", "", Map.of("Range", "bytes=10-"))
                        .statusCode())
                .isEqualTo(416);
    }

    @Test
    void pagesAreNeverLargerThanTheMaximum() throws Exception {
        for (int i = 0; i < 1_002; i++) {
            send("POST", SIMPLE + "k" + (10_000 + i), "", Map.of());
        }
        JsonNode first = json(send("GET", OBJECTS + "?maxResults=5000", "", Map.of()));
        String token = first.path("nextPageToken").asText();
        JsonNode second = json(send("GET", OBJECTS + "?pageToken=" + token, "", Map.of()));

        assertThat(first.path("items")).hasSize(1_000);
        assertThat(second.path("items")).hasSize(2);
        assertThat(second.has("nextPageToken")).isFalse();
        assertThat(json(send("GET", OBJECTS + "?startOffset=k11001", "", Map.of()))
                        .path("items"))
                .hasSize(1);
        assertStatus(400, "GET", OBJECTS + "?pageToken=" + token + "&prefix=k");
        assertStatus(400, "GET", OBJECTS + "?pageToken=nonsense");
    }

    @Test
    void chunksFollowTheProtocol() throws Exception {
        String session = session("a");
        assertThat(put(session, "bytes */*", 0).headers().firstValue("Range")).isEmpty();
        assertThat(put(session, "bytes 0-99/*", 100).statusCode()).isEqualTo(400);
        assertThat(put(session, "bytes 0-99/1000", 100).statusCode()).isEqualTo(400);
        assertThat(put(session, "bytes 0-99/100", 99).statusCode()).isEqualTo(400);
        assertThat(put(session, "bytes 0-" + (CHUNK - 1) + "/*", CHUNK)
                        .headers()
                        .firstValue("Range"))
                .contains("bytes=0-" + (CHUNK - 1));
        assertThat(put(session, "bytes " + 2 * CHUNK + "-" + (3 * CHUNK - 1) + "/*", CHUNK)
                        .statusCode())
                .isEqualTo(503);
        assertThat(server.openUploads()).isEqualTo(1);
        assertStatus(404, "GET", OBJECTS + "/a");

        assertThat(put(session, "bytes " + CHUNK + "-" + (CHUNK + 9) + "/" + (CHUNK + 10), 10)
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(put(session, "bytes */" + (CHUNK + 10), 0)).path("size").asText())
                .isEqualTo(Integer.toString(CHUNK + 10));
        assertThat(server.openUploads()).isZero();
    }

    @Test
    void cancelledUploadIsNoMore() throws Exception {
        String session = session("a");
        put(session, "bytes 0-" + (CHUNK - 1) + "/*", CHUNK);

        assertStatus(499, "DELETE", session);
        assertThat(server.openUploads()).isZero();
        assertThat(put(session, "bytes " + CHUNK + "-" + CHUNK + "/" + (CHUNK + 1), 1)
                        .statusCode())
                .isEqualTo(499);
        assertStatus(404, "GET", OBJECTS + "/a");
    }

    private String session(String name) throws Exception {
        String uri = "/upload/storage/v1/b/bucket/o?uploadType=resumable&name=" + name;
        return send("POST", uri, "{}", Map.of())
                .headers()
                .firstValue("Location")
                .orElseThrow()
                .substring(server.endpoint().length());
    }

    private HttpResponse<String> put(String session, String range, int length) throws Exception {
        return send("PUT", session, "x".repeat(length), Map.of("Content-Range", range));
    }

    private void assertStatus(int status, String method, String uri) throws Exception {
        assertThat(send(method, uri, "", Map.of()).statusCode())
                .as("%s %s", method, uri)
                .isEqualTo(status);
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return Reply.JSON.readTree(response.body());
    }

    private HttpResponse<String> send(String method, String uri, String body, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.endpoint() + uri))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
