package io.kvbackup.examples.objectstore;

import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Request;
import io.kvbackup.examples.http.Request.Credentials;
import io.kvbackup.examples.objectstore.Metadata.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the server. Each option can also be set in the environment. */
@Command(name = "objectstore", mixinStandardHelpOptions = true, sortOptions = false)
public final class ObjectServer implements Callable<Integer> {
    private static final int PAGE = 1000;

    @Option(names = "--host", defaultValue = "${env:JOG_HOST:-127.0.0.1}")
    private String host = "";

    @Option(names = "--port", defaultValue = "${env:JOG_PORT:-9000}")
    private int port;

    @Option(names = "--data-dir", defaultValue = "${env:JOG_DATA_DIR:-./data}")
    private Path data = Path.of("");

    @Option(names = "--access-key", defaultValue = "${env:JOG_ACCESS_KEY}", description = "Without it, all may do all.")
    private @Nullable String accessKey;

    @Option(names = "--secret-key", defaultValue = "${env:JOG_SECRET_KEY}")
    private @Nullable String secretKey;

    @Option(
            names = "--replica",
            defaultValue = "${env:LITESTREAM_REPLICA_URL}",
            description = "URI of the store to replicate to: s3://bucket/prefix?region=…, file:///folder.")
    private @Nullable String replicaUrl;

    @Option(names = "--sync-interval", defaultValue = "${env:JOG_SYNC_INTERVAL:-1}", description = "Seconds.")
    private int interval;

    private final Clock clock = Clock.systemUTC();

    public static void main(String[] args) {
        HttpHost.main(new ObjectServer(), args);
    }

    @Override
    public Integer call() throws IOException {
        if (interval < 1) {
            throw new IllegalArgumentException("--sync-interval must be at least 1 second, not " + interval);
        }
        Files.createDirectories(data);
        if (replicaUrl != null) {
            Replica.restoreIfAbsent(replicaUrl, data);
        }
        ObjectStore objects = new ObjectStore(data, clock);
        Optional<Replica> replica = replicaUrl == null
                ? Optional.empty()
                : Optional.of(Replica.start(objects, replicaUrl, data, Duration.ofSeconds(interval), clock));
        HttpHost http = new HttpHost(host, port)
                .guard(this::requireKey)
                .route("GET", "/", request -> Answer.data(objects.buckets()))
                .route("GET", "/-/replica", request -> Answer.data(status(replica)))
                .route("POST", "/-/replica/sync", request -> sync(objects, replica))
                .route("PUT", "/:bucket", request -> createBucket(objects, request))
                .route("GET", "/:bucket", request -> list(objects, request))
                .route("DELETE", "/:bucket", request -> deleteBucket(objects, request))
                .route("PUT", "/:bucket/*key", request -> put(objects, request))
                .route("GET", "/:bucket/*key", request -> get(objects, request))
                .route("HEAD", "/:bucket/*key", request -> get(objects, request))
                .route("DELETE", "/:bucket/*key", request -> delete(objects, request));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            http.close();
            replica.ifPresent(each -> HttpHost.closeQuietly(each::close));
            HttpHost.closeQuietly(objects::close);
        }));
        http.start("objectstore");
        return 0;
    }

    private void requireKey(Request request) {
        if (accessKey == null && secretKey == null) {
            return;
        }
        byte[] wanted = (accessKey + ":" + secretKey).getBytes(StandardCharsets.UTF_8);
        Optional<Credentials> given = request.basicAuth("Authorization");
        if (given.isEmpty()
                || !MessageDigest.isEqual(
                        wanted,
                        (given.get().username() + ":" + given.get().password()).getBytes(StandardCharsets.UTF_8))) {
            throw new HttpError(401, "ACCESS_DENIED", "Access key and secret key are missing or wrong");
        }
    }

    private static String bucket(Request request) {
        String bucket = request.part("bucket");
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{2,62}")) {
            throw HttpError.invalid("'" + bucket + "' is not the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'");
        }
        return bucket;
    }

    private static String key(Request request) {
        String key = request.part("key");
        boolean plain = key.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0xFFFD);
        if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > 1024 || !plain) {
            throw HttpError.invalid("The key must be 1 to 1024 bytes of text without control characters");
        }
        return key;
    }

    private static Answer createBucket(ObjectStore objects, Request request) throws IOException {
        objects.createBucket(bucket(request));
        return Answer.done("Bucket created");
    }

    private static Answer deleteBucket(ObjectStore objects, Request request) throws IOException {
        objects.deleteBucket(bucket(request));
        return Answer.done("Bucket deleted");
    }

    private static Answer list(ObjectStore objects, Request request) throws IOException {
        String prefix = request.query("prefix").stream().findFirst().orElse("");
        String after = request.query("after").stream().findFirst().orElse("");
        List<Entry> found = objects.list(bucket(request), prefix, after, PAGE + 1);
        List<Map<String, Object>> shown = new ArrayList<>();
        found.stream().limit(PAGE).forEach(entry -> shown.add(fields(entry)));
        return Answer.data(Map.of("objects", shown, "more", found.size() > PAGE));
    }

    private static Map<String, Object> fields(Entry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("key", entry.name());
        fields.put("size", entry.size());
        fields.put("etag", entry.etag());
        fields.put("type", entry.type());
        fields.put("modified", entry.modified());
        return fields;
    }

    private static Answer put(ObjectStore objects, Request request) throws IOException {
        long length = request.header("Content-Length").map(Long::parseLong).orElse(-1L);
        String type = request.header("Content-Type").orElse("application/octet-stream");
        return Answer.data(fields(objects.put(bucket(request), key(request), type, request.body(), length)));
    }

    private static Answer get(ObjectStore objects, Request request) throws IOException {
        ObjectStore.Content content = objects.get(bucket(request), key(request));
        Entry entry = content.entry();
        if (request.isHead() || entry.size() == 0) {
            content.in().close();
        }
        return new Answer(200, entry.type(), entry.size(), out -> {
                    try (InputStream in = content.in()) {
                        in.transferTo(out);
                    }
                })
                .header("ETag", '"' + entry.etag() + '"');
    }

    private static Answer delete(ObjectStore objects, Request request) throws IOException {
        objects.delete(bucket(request), key(request));
        return Answer.done("Object deleted");
    }

    private static Replica required(Optional<Replica> replica) {
        return replica.orElseThrow(() -> new HttpError(404, "NO_REPLICA", "The server has no --replica"));
    }

    private static Map<String, Object> status(Optional<Replica> replica) {
        Replica status = required(replica);
        return Map.of("last", status.last(), "lagSeconds", status.lag().toSeconds());
    }

    private static Answer sync(ObjectStore objects, Optional<Replica> replica) throws IOException {
        return Answer.data(Map.of("last", required(replica).sync(objects)));
    }
}
