package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Script;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads, listings and deletions at a store that misbehaves. */
@Timeout(120)
class ReadFaultTest {
    private static final Map<String, String> BINARY = Map.of("ETag", "\"e\"", "Content-Type", "binary/octet-stream");

    private static final S3Settings HASTY =
            ScriptedS3.settings(builder -> builder.timeouts(Duration.ofMillis(300), Duration.ofMillis(800)));

    private ScriptedS3 store;
    private S3StorageClient client;

    private void start(Script script) throws IOException {
        start(script, S3Settings.DEFAULTS);
    }

    private void start(Script script, S3Settings settings) throws IOException {
        store = new ScriptedS3(script);
        client = store.client(settings);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        store.close();
    }

    @Test
    void bodyThatBreaksOffIsAFailureAtItsOffset() throws IOException {
        start(request -> new Answer(200, BINARY, "x".repeat(500), 1_000));
        try (InputStream in = client.download("key", ByteRange.all())) {
            assertThat(in.readNBytes(500)).hasSize(500);
            assertThatThrownBy(in::read)
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("s3://bucket/key")
                    .hasMessageContaining("at byte 500");
        }
    }

    @Test
    void closingEarlyDoesNotReadTheRest() throws IOException {
        long promised = 1L << 40;
        start(request -> new Answer(200, BINARY, "x".repeat(10), promised));
        try (InputStream in = client.download("key", ByteRange.all())) {
            assertThat(in.read()).isEqualTo('x');
        }
        assertThat(store.operations()).containsExactly("Get");
    }

    @Test
    void storeThatIgnoresRangesIsNotTrusted() throws IOException {
        start(request -> Answer.of(200, BINARY, "the whole object"));
        assertThatThrownBy(() -> client.download("key", ByteRange.of(4, 5)).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("asked for bytes=4-8")
                .hasMessageContaining("cannot serve ranges");
    }

    @Test
    void storeThatGivesMoreThanTheRangeIsNotTrusted() throws IOException {
        start(request -> Answer.of(206, Map.of("Content-Range", "bytes 4-15/16"), "whole object"));
        assertThatThrownBy(() -> client.download("key", ByteRange.of(4, 1)).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("asked for bytes=4-4")
                .hasMessageContaining("the store gave bytes 4-15/16");
    }

    @Test
    void allOfAShortObjectIsAnAnswerToARange() throws IOException {
        for (String content : List.of("", "abc")) {
            start(request -> Answer.of(200, Map.of("ETag", "\"new\""), content));
            try (InputStream in = client.download("key", ByteRange.of(0, 10))) {
                assertThat(in.readAllBytes()).asString().isEqualTo(content);
            }
            stop();
        }
        start(request -> Answer.ok());
    }

    /** As storage-testbench and others do, and of an empty object what no byte has. */
    @Test
    void aRangeCountsOnlyInAPartialAnswer() throws IOException {
        for (String content : List.of("", "abc")) {
            String range = "bytes 0-" + (content.length() - 1) + "/" + content.length();
            start(request -> Answer.of(200, Map.of("ETag", "\"e\"", "Content-Range", range), content));
            for (ByteRange wanted : List.of(ByteRange.all(), ByteRange.of(0, 10))) {
                try (InputStream in = client.download("key", wanted)) {
                    assertThat(in.readAllBytes()).asString().isEqualTo(content);
                }
            }
            stop();
        }
        start(request -> Answer.ok());
    }

    @Test
    void rangeThatIsThereButRefusedIsNoEmptyOne() throws IOException {
        start(request -> request.operation().equals("Head")
                ? new Answer(200, Map.of("ETag", "\"e\"", "Content-Length", "1000"), "", 1000)
                : Answer.error(416, "InvalidRange"));
        assertThatThrownBy(() -> client.download("key", ByteRange.of(10, 100)).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the store refuses bytes=10-109 of 1000 bytes");
        try (InputStream in = client.download("key", ByteRange.from(1000))) {
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void storeThatIgnoresVersionsIsNotTrusted() throws IOException {
        start(request -> Answer.of(200, Map.of("ETag", "\"new\""), "content"));
        assertThatThrownBy(() ->
                        client.download(version("\"old\""), ByteRange.all()).close())
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("replaced");
        for (String spelling : List.of("new", "\"new\"", "W/\"new\"")) {
            client.download(version(spelling), ByteRange.all()).close();
        }
    }

    private static StorageObject version(String etag) {
        return new StorageObject("key", 7, Instant.EPOCH, etag);
    }

    @Test
    void t21_storeThatHangsIsGivenUp() throws IOException {
        start(request -> store.hang(), HASTY);
        assertThatThrownBy(() -> client.stat("key"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("did not answer in time");
        assertThat(Thread.currentThread().isInterrupted()).as("interrupt flag").isFalse();
        assertThat(store.operations()).hasSizeBetween(1, 6);
    }

    @Test
    void interruptWhileTheStoreHangsIsHonoured() throws IOException {
        Thread caller = Thread.currentThread();
        start(
                request -> {
                    caller.interrupt();
                    return store.hang();
                },
                HASTY);
        assertThatThrownBy(() -> client.stat("key")).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    }

    @Test
    void t24_unavailableStoreIsTriedTenTimes() throws IOException {
        S3Settings unhurried =
                ScriptedS3.settings(builder -> builder.timeouts(Duration.ofSeconds(2), Duration.ofSeconds(8)));
        start(request -> Answer.error(503, "SlowDown"), unhurried);
        assertThatThrownBy(() -> client.download("key", ByteRange.all()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("overloaded or unavailable");
        assertThat(store.operations()).hasSize(10).containsOnly("Get");
        assertThat(client.traits().retriesItself()).isTrue();
    }

    @Test
    void t24_deniedAccessIsNotTriedAgain() throws IOException {
        start(request -> Answer.error(403, "AccessDenied"));
        assertThatThrownBy(() -> client.stat("key")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> client.download("key", ByteRange.from(3)).close())
                .isInstanceOf(AccessDeniedException.class);
        assertThat(store.operations()).containsExactly("Head", "Get");
    }

    @Test
    void t24_wrongRegionIsNamed() throws IOException {
        start(request -> Answer.of(
                301,
                Map.of("x-amz-bucket-region", "eu-north-1"),
                "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"));
        assertThatThrownBy(() -> client.download("key", ByteRange.all()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("region eu-north-1");
    }

    @Test
    void missingBucketIsToldFromAMissingObject() throws IOException {
        start(request -> Answer.error(404, "NoSuchBucket"));
        assertThatThrownBy(() -> client.stat("key"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("bucket 'bucket' does not exist");
        assertThatThrownBy(() -> client.download("key", ByteRange.all()).close())
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("bucket 'bucket' does not exist");
        try (Stream<StorageObject> objects = client.list("")) {
            assertThatThrownBy(objects::toList)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("bucket 'bucket' does not exist");
        }
    }

    @Test
    void theBucketIsLookedForOnce() throws IOException {
        start(request -> request.operation().equals("HeadBucket") ? Answer.ok() : Answer.error(404, "NoSuchKey"));
        assertThat(client.stat("a")).isEmpty();
        assertThat(client.stat("b")).isEmpty();
        assertThat(store.operations()).containsExactly("Head", "HeadBucket", "Head");
    }

    @Test
    void deletionsThatFailAreReportedByKey() throws IOException {
        start(request -> Answer.xml("<DeleteResult><Error><Key>b</Key><Code>InternalError</Code>"
                + "<Message>said so</Message></Error></DeleteResult>"));
        assertThatThrownBy(() -> client.delete(List.of("a", "b")))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("1 objects")
                .hasMessageContaining("b: InternalError (said so)");
        assertThat(store.operations()).containsExactly("DeleteObjects");
    }

    @Test
    void deletionsThatAreDeniedSaySo() throws IOException {
        start(request -> Answer.xml("<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code>"
                + "<Message>said so</Message></Error></DeleteResult>"));
        assertThatThrownBy(() -> client.delete(List.of("a", "b"))).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void t16_eachPageIsTriedAgainByItself() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        start(request -> {
            int count = asked.getAndIncrement();
            return count % 2 == 0 ? Answer.error(503, "SlowDown") : page(count / 2);
        });
        try (Stream<StorageObject> objects = client.list("k", "k/0")) {
            assertThat(objects.map(StorageObject::key)).containsExactly("k/1", "k/2", "k/3");
        }
        assertThat(store.operations()).hasSize(6);
    }

    private static Answer page(int number) {
        String more = number < 2
                ? "<IsTruncated>true</IsTruncated><NextContinuationToken>t" + number + "</NextContinuationToken>"
                : "<IsTruncated>false</IsTruncated>";
        return Answer.xml("<ListBucketResult>" + more + "<Contents><Key>k/" + (number + 1)
                + "</Key><LastModified>2026-11-20T12:00:00.000Z</LastModified><ETag>e</ETag><Size>1</Size></Contents>"
                + "<Contents><Key>k/folder/</Key><LastModified>2026-11-20T12:00:00.000Z</LastModified>"
                + "<ETag>e</ETag><Size>0</Size></Contents></ListBucketResult>");
    }

    @Test
    void t17_requestsAreCounted() throws IOException {
        start(request -> Answer.xml("<DeleteResult/>"));
        List<String> keys = new ArrayList<>(Collections.nCopies(3, "twice"));
        for (int i = 0; i < 2_000; i++) {
            keys.add("key-" + i);
        }
        client.delete(keys);
        client.delete(List.of());
        client.delete(List.of("one"));
        assertThat(store.operations()).containsExactly("DeleteObjects", "DeleteObjects", "DeleteObjects", "Delete");
    }
}
