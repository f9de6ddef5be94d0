package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person reads who has the wrong server, or the wrong idea of it. */
@Timeout(60)
class S3MessagesTest {
    private static final S3Settings HASTY =
            ScriptedS3.settings(builder -> builder.timeouts(Duration.ofSeconds(2), Duration.ofSeconds(4)));
    private static final String PAGE =
            "<!DOCTYPE html><html><head><title>Console</title><meta charset=utf-8></head></html>";

    @FunctionalInterface
    private interface Work {
        void run(S3StorageClient client) throws IOException;
    }

    private static Throwable failure(ScriptedS3.Script script, Work work) throws IOException {
        try (ScriptedS3 store = new ScriptedS3(script);
                S3StorageClient client = store.client(HASTY)) {
            return catchThrowable(() -> work.run(client));
        }
    }

    private static void put(S3StorageClient client, PutCondition condition) throws IOException {
        client.upload("key", ContentWriter.of(new byte[7]), condition);
    }

    private static void list(S3StorageClient client) throws IOException {
        try (Stream<StorageObject> objects = client.list("100%/")) {
            objects.forEach(object -> {});
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, BadRequest",
        "400, InvalidRequest",
        "400, InvalidArgument",
        "400, ''",
        "501, NotImplemented",
        "411, MissingContentLength",
        "400, XAmzContentSHA256Mismatch",
        "400, BadDigest",
        "405, MethodNotAllowed",
        "415, UnsupportedMediaType"
    })
    void aStoreThatDoesNotUnderstandUploadsIsToldAboutCompatibility(int status, String code) throws IOException {
        assertThat(failure(request -> Answer.error(status, code), client -> put(client, PutCondition.none())))
                .hasMessageContaining("compatibility=true");
    }

    @ParameterizedTest
    @CsvSource({"409, InvalidBucketState", "409, ObjectLockedByBucketPolicy", "409, ParentIsNotFolder"})
    void notEveryConflictIsAnotherWriter(int status, String code) throws IOException {
        for (PutCondition condition : List.of(PutCondition.none(), PutCondition.ifAbsent())) {
            assertThat(failure(
                            request -> request.operation().equals("Head")
                                    ? Answer.error(404, "")
                                    : Answer.error(status, code),
                            client -> put(client, condition)))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("the store refused it (answer: said so")
                    .message()
                    .doesNotContain("another writer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100%", "100%zz/a", "100%4", "100%/&#1;"})
    void aListingThatCannotBeDecodedIsAMatterOfEncoding(String key) throws IOException {
        String body = "<?xml "
                + "version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>"
                + "false</IsTruncated><Prefix>100%/</Prefix><Contents><Key>" + key
                + "</Key><Size>1</Size></Contents></ListBucketResult>";
        assertThat(failure(request -> Answer.xml(body), S3MessagesTest::list))
                .hasMessageContaining("s3://bucket/100%/")
                .hasMessageContaining("encod")
                .message()
                .doesNotContain("option endpoint");
    }

    @Test
    void aStoreThatAnswersWithWebPagesIsToldAsSuch() throws IOException {
        for (int status : new int[] {200, 403, 404, 405, 502}) {
            Answer page = Answer.of(status, Map.of("Content-Type", "text/html; charset=utf-8"), PAGE);
            for (Work work : List.<Work>of(
                    client -> put(client, PutCondition.ifAbsent()),
                    client -> put(client, PutCondition.none()),
                    client -> client.upload("key", out -> out.write(new byte[6 << 20]), PutCondition.none()),
                    S3MessagesTest::list,
                    client -> client.download("key", ByteRange.all()).close(),
                    client -> client.delete(List.of("a", "b")))) {
                assertThat(failure(request -> page, work))
                        .as("status %d", status)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("web page")
                        .hasMessageContaining("option endpoint");
            }
        }
        try (ScriptedS3 store = new ScriptedS3(request -> Answer.of(200, Map.of("Content-Type", "text/html"), PAGE));
                S3StorageClient client = store.client(HASTY)) {
            StorageReport report = StorageCheck.quick().run(client);
            assertThat(report.verdict()).isEqualTo(StorageReport.Verdict.UNFIT);
            assertThat(report.toString()).contains("web page");
        }
    }

    /** What is empty would look like a store without backups. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<?xml version=\"1.0\"?><Foo/>",
                "<html><body>login</body></html>",
                "<?xml version=\"1.0\"?><html><body/></html>"
            })
    void whatIsNoListingIsNotTakenForAnEmptyOne(String body) throws IOException {
        for (Map<String, String> headers :
                List.of(Map.<String, String>of(), Map.of("Content-Type", "application/xml"))) {
            assertThat(failure(request -> Answer.of(200, headers, body), S3MessagesTest::list))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("s3://bucket/100%/")
                    .hasMessageContaining("no listing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<Contents><Key>100%25/a</Key><Size>1</Size><ETag>e</ETag></Contents>"})
    void aListingThatNeverEndsIsGivenUp(String contents) throws IOException {
        String body = "<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType><Name>bucket</Name>"
                + "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>" + contents
                + "</ListBucketResult>";
        assertThat(failure(request -> Answer.xml(body), S3MessagesTest::list))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("how to ask for it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Key>100%25/a</Key><Size>1</Size>",
                "<Key>100%25/a</Key><ETag>e</ETag>",
                "<Key>100%25/a</Key><Size>-1</Size><ETag>e</ETag>",
                "<Size>1</Size><ETag>e</ETag>"
            })
    void anObjectThatIsListedInPartIsAFailureOfTheStore(String object) throws IOException {
        String body = "<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType><Name>bucket</Name>"
                + "<IsTruncated>false</IsTruncated><Contents>" + object + "</Contents></ListBucketResult>";
        assertThat(failure(request -> Answer.xml(body), S3MessagesTest::list))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("without a name, a size or a version");
    }

    @Test
    void answersThatLeaveOutWhatIsNeededAreFailuresOfTheStore() throws IOException {
        Answer nothing = Answer.of(200, Map.of("ETag", "\"e\""), "");
        for (Work work : List.<Work>of(
                client -> client.stat("key"),
                client -> client.copy("key", "other"),
                client -> client.download("key", ByteRange.of(0, 0)).close())) {
            assertThat(failure(request -> nothing, work))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("s3://bucket/key")
                    .hasMessageContaining("length");
        }
        Answer page = Answer.of(200, Map.of("Content-Type", "text/html"), PAGE);
        assertThat(failure(
                        request -> request.operation().equals("DeleteObjects") ? page : Answer.ok(),
                        client -> client.delete(List.of("a", "b"))))
                .hasMessageContaining("web page");
    }

    private static void assertLost(ThrowingCallable upload) {
        assertThatThrownBy(upload)
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("s3://bucket/key: it has changed, or exists already");
    }

    /** As a server does that has seen the condition and does not want to read 100 MiB for nothing. */
    @Test
    void aConnectionThatIsClosedUnderALostConditionIsALostCondition() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(request -> request.operation().equals("Head")
                        ? new Answer(200, Map.of("ETag", "\"theirs\"", "Content-Length", "9"), "", 9)
                        : null);
                S3StorageClient client = store.client(HASTY)) {
            assertLost(() -> put(client, PutCondition.ifAbsent()));
            assertLost(() -> put(client, PutCondition.ifMatch("\"before\"")));
            assertThatThrownBy(() -> put(client, PutCondition.ifMatch("\"theirs\"")))
                    .isExactlyInstanceOf(IOException.class);
        }
    }
}
