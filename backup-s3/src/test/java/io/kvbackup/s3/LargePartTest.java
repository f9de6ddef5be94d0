package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Uploads whose parts are files. */
@Timeout(60)
class LargePartTest {
    private static final long PART = PartPool.MAX_HEAP_PART + 1;

    @TempDir
    Path temporary;

    @Test
    void partsOnDiskAreSentAgainWhenNeededAndDeleted() throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        try (ScriptedS3 store = new ScriptedS3(
                        request -> request.operation().equals("UploadPart") && attempts.incrementAndGet() == 1
                                ? Answer.error(503, "SlowDown")
                                : ScriptedUploads.answer(request));
                S3Client s3 = store.s3(S3Settings.DEFAULTS);
                S3StorageClient client = client(s3)) {
            client.upload("key", ContentWriter.of(new byte[(int) PART + 1]), PutCondition.none());

            List<Integer> sizes = store.requests().stream()
                    .filter(request -> request.operation().equals("UploadPart"))
                    .map(request -> request.body().length())
                    .toList();
            assertThat(sizes).hasSize(3).filteredOn(size -> size > PART).hasSizeGreaterThanOrEqualTo(1);
            assertThat(store.operations()).startsWith("Create").endsWith("Complete");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void interruptWhileAFileIsFilledAbortsAndDeletes() throws IOException {
        try (ScriptedS3 store = new ScriptedS3(ScriptedUploads::answer);
                S3Client s3 = store.s3(S3Settings.DEFAULTS);
                S3StorageClient client = client(s3)) {
            assertThatThrownBy(() -> client.upload(
                            "key",
                            out -> {
                                out.write(new byte[1_000]);
                                Thread.currentThread().interrupt();
                                out.write(new byte[(int) PART]);
                            },
                            PutCondition.none()))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        }
        assertThat(files()).isEmpty();
    }

    private S3StorageClient client(S3Client s3) {
        return S3StorageClient.builder(s3, "bucket")
                .partSize(PART)
                .temporaryDirectory(temporary)
                .build();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.toList();
        }
    }
}
