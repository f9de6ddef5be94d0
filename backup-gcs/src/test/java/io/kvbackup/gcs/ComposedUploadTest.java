package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Parts that go side by side and become one object. */
class ComposedUploadTest extends ComposedTest {
    @Test
    void morePartsThanOneRequestComposesBecomeOneObjectAndNothingElse() throws IOException {
        for (int parts : List.of(2, 31, 32, 33, 70, 90)) {
            byte[] content = content(parts, (parts - 1) * CHUNK + 7);
            client.upload("a", ContentWriter.of(content), PutCondition.none());

            assertThat(read("a")).as("%d parts", parts).isEqualTo(content);
            assertThat(names()).containsExactly("some/prefix/a");
        }
    }

    @Test
    void partsShowInNoListingAndTheirFolderTakesNoKeys() throws IOException {
        client.upload(
                "a",
                out -> {
                    out.write(content(1, 3 * CHUNK));
                    await().untilAsserted(() -> assertThat(names()).isNotEmpty());
                    assertThat(keys("", "")).isEmpty();
                },
                PutCondition.none());

        assertThat(keys("", "")).containsExactly("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.stat("kvbackup-parts/x/1"))
                .withMessageContaining("kvbackup-parts/");
    }

    @Test
    void partsOfAnUploadThatFailsAreDeleted() throws IOException {
        assertThatThrownBy(() -> client.upload(
                        "a",
                        out -> {
                            out.write(content(1, 40 * CHUNK));
                            throw new CancellationException("enough");
                        },
                        PutCondition.none()))
                .isInstanceOf(CancellationException.class);

        assertThat(names()).isEmpty();
    }

    @Test
    void partThatIsRefusedEndsTheUpload() throws IOException {
        server.faults().add("POST", "000003", 0, Integer.MAX_VALUE, Fault.status(403));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(content(1, 9 * CHUNK)), PutCondition.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gs://bucket/some/prefix/a");
        assertThat(names()).isEmpty();
    }

    @Test
    void requestsThatFailForAWhileAreRepeated() throws IOException {
        server.faults().add("POST", "kvbackup-parts", 1, 2, Fault.status(503));
        server.faults().next("POST", "/compose", Fault.statusAfterEffect(500));
        byte[] content = content(1, 5 * CHUNK);

        client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());

        assertThat(read("a")).isEqualTo(content);
        assertNothingLeftBehind();
    }

    @Test
    void conditionHoldsWhenThePartsAreComposed() throws IOException {
        put("a", "first");

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(content(1, 5 * CHUNK)), PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(client.stat("a").orElseThrow().size()).isEqualTo(5);
        assertNothingLeftBehind();
    }

    @Test
    void partsOfDeadProcessesAreRemovedOnceAllOfThemAreOld() throws IOException {
        server.faults().always("POST", "/batch", Fault.status(403));
        assertThatThrownBy(() -> client.upload(
                        "a",
                        out -> {
                            out.write(content(1, 4 * CHUNK));
                            await().untilAsserted(() -> assertThat(names()).hasSizeGreaterThan(1));
                            throw new IOException("the process dies");
                        },
                        PutCondition.none()))
                .hasMessage("the process dies")
                .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
        server.faults().clear();
        put("b", "content");
        assertThat(names()).hasSizeGreaterThan(1);

        client.abandonUploads("", Instant.now().minus(Duration.ofHours(1)));
        assertThat(names()).hasSizeGreaterThan(1);

        client.abandonUploads("", Instant.now().plus(Duration.ofHours(1)));
        assertThat(names()).containsExactly("some/prefix/b");
    }

    @Test
    void interruptAtTheVeryEndLeavesNoParts() throws Exception {
        ContentWriter content = ContentWriter.of(content(1, 5 * CHUNK));
        server.faults().next("POST", "/compose", Fault.of(Fault.Kind.HANG));
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            await().until(() -> server.requests().stream().anyMatch(request -> request.contains("/compose")));
            caller.interrupt();
        });
        interrupter.start();
        try (GcsStorageClient hasty = builder(storage(Duration.ofMillis(500)), Duration.ofMillis(500))
                .concurrency(CONCURRENCY)
                .build()) {
            assertThatThrownBy(() -> hasty.upload("a", content, PutCondition.none()))
                    .isInstanceOf(IOException.class);
        }
        interrupter.join();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(names()).isEmpty();
    }

    @Test
    void storageClassIsThatOfPartsAndObject() throws IOException {
        GcsStorageClient standard = builder(storage, Duration.ofSeconds(20))
                .storageClass("STANDARD")
                .concurrency(CONCURRENCY)
                .build();

        standard.upload("a", ContentWriter.of(content(1, 40 * CHUNK)), PutCondition.none());

        assertThat(storage.get("bucket", "some/prefix/a").getStorageClass())
                .isEqualTo(com.google.cloud.storage.StorageClass.STANDARD);
    }

    @Test
    void concurrencyAndColdStorageClassesExcludeEachOther() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GcsStorageClient.builder(storage, "bucket")
                        .storageClass("NEARLINE")
                        .concurrency(2)
                        .build())
                .withMessageContaining("NEARLINE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GcsStorageClient.builder(storage, "bucket")
                        .concurrency(0)
                        .build())
                .withMessageContaining("concurrency is 0");
    }
}
