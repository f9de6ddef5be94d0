package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;

@Timeout(60)
class S3RetriesTest {
    private static final int LISTING_LENGTH = 185;
    private static final int FAILURES = S3Retries.ATTEMPTS - 1;
    private static final S3Settings HASTY =
            ScriptedS3.settings(builder -> builder.timeouts(Duration.ofSeconds(2), Duration.ofSeconds(8)));

    @ParameterizedTest
    @ValueSource(ints = {0, 500, 503})
    void anUploadSurvivesAnOutage(int status) throws IOException {
        AtomicInteger puts = new AtomicInteger();
        Supplier<Answer> failing = () -> status == 0 ? null : Answer.error(status, "InternalError");
        try (ScriptedS3 store = new ScriptedS3(request ->
                        puts.incrementAndGet() <= FAILURES ? failing.get() : ScriptedUploads.answer(request));
                S3StorageClient client = store.client(HASTY)) {
            client.upload("key", ContentWriter.of(new byte[7]), PutCondition.none());
            assertThat(puts).hasValue(FAILURES + 1);
        }
    }

    /** The store's own word on how long to wait is kept; the first pause is at most half a second otherwise. */
    @Test
    void retryAfterIsHonoured() throws IOException {
        List<Long> puts = new CopyOnWriteArrayList<>();
        Map<String, String> headers = Map.of("Retry-After", "1", "Content-Type", "application/xml");
        try (ScriptedS3 store = new ScriptedS3(request -> {
                    puts.add(System.nanoTime());
                    return puts.size() == 1
                            ? Answer.of(503, headers, "<Error><Code>SlowDown</Code></Error>")
                            : ScriptedUploads.answer(request);
                });
                S3StorageClient client = store.client(HASTY)) {
            client.upload("key", ContentWriter.of(new byte[7]), PutCondition.none());
        }
        assertThat(puts).hasSize(2);
        assertThat(Duration.ofNanos(puts.get(1) - puts.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(900));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, LISTING_LENGTH - 1})
    void aListingWhoseAnswerBreaksOffIsAskedForAgain(int length) throws IOException {
        String listing = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>key</Key>"
                + "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>e</ETag><Size>1</Size></Contents>"
                + "</ListBucketResult>";
        AtomicInteger lists = new AtomicInteger();
        Map<String, String> xml = Map.of("Content-Type", "application/xml");
        try (ScriptedS3 store = new ScriptedS3(request -> lists.incrementAndGet() == 1
                        ? new Answer(200, xml, listing.substring(0, length), listing.length())
                        : Answer.xml(listing));
                S3StorageClient client = store.client(HASTY);
                var listed = client.list("")) {
            assertThat(listing).hasSize(LISTING_LENGTH);
            assertThat(listed.map(object -> object.key())).containsExactly("key");
            assertThat(lists).hasValue(2);
        }
    }

    @Test
    void pausesTogetherLastLongerThanAShortOutageAndEndBeforeTheDeadline() {
        RetryStrategy strategy = S3Retries.strategy(S3Settings.DEFAULTS);
        Duration sum = Duration.ZERO;
        RetryToken token = strategy.acquireInitialToken(AcquireInitialTokenRequest.create("test"))
                .token();
        for (int retry = 1; retry < strategy.maxAttempts(); retry++) {
            var next = strategy.refreshRetryToken(RefreshRetryTokenRequest.builder()
                    .token(token)
                    .failure(SdkClientException.create("broken", new IOException("connection refused")))
                    .build());
            token = next.token();
            assertThat(next.delay()).isLessThanOrEqualTo(Duration.ofSeconds(20));
            sum = sum.plus(next.delay());
        }
        assertThat(sum).isBetween(Duration.ofSeconds(15), S3Settings.DEFAULTS.callTimeout());
    }

    @Test
    void aStoreThatWasNeverThereIsGivenUpSoon() throws IOException {
        S3StorageClient client;
        try (ScriptedS3 gone = new ScriptedS3(ScriptedUploads::answer)) {
            client = gone.client(S3Settings.DEFAULTS);
        }
        try (client) {
            StorageReport report = StorageCheck.quick().run(client);
            assertThat(report.took()).isLessThan(Duration.ofSeconds(20));
            assertThat(report.toString()).contains("Connection refused", "SDK Attempt Count: 4");
        }
    }

    @Test
    void aStoreThatHasAnsweredIsGivenTheTimeOfARestart() throws IOException {
        S3StorageClient client;
        try (ScriptedS3 gone = new ScriptedS3(ScriptedUploads::answer)) {
            client = gone.client(HASTY);
            client.upload("key", ContentWriter.of(new byte[7]), PutCondition.none());
        }
        try (client) {
            assertThatThrownBy(() -> client.stat("key")).hasMessageContaining("SDK Attempt Count: 10");
        }
    }
}
