package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that meet another writer. */
@Timeout(60)
class UploadConflictTest {
    private static final int CONFLICTS = 3;
    private static final S3Settings HASTY =
            ScriptedS3.settings(builder -> builder.timeouts(Duration.ofSeconds(2), Duration.ofSeconds(8)));

    private final AtomicInteger puts = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = {"OperationAborted", "ConditionalRequestConflict"})
    void aConflictThatPassesIsRetried(String code) throws IOException {
        try (ScriptedS3 store = conflicting(code, CONFLICTS);
                S3StorageClient client = store.client(HASTY)) {
            assertThat(upload(client, PutCondition.ifAbsent())).isEqualTo("\"put\"");
            assertThat(puts).hasValue(CONFLICTS + 1);
        }
    }

    @Test
    void aConflictThatStaysIsALostConditionOnlyIfThereIsOne() throws IOException {
        try (ScriptedS3 store = conflicting("OperationAborted", Integer.MAX_VALUE);
                S3StorageClient client = store.client(HASTY)) {
            assertThatThrownBy(() -> upload(client, PutCondition.none()))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("another writer")
                    .hasMessageContaining("try again");
            assertThatThrownBy(() -> upload(client, PutCondition.ifAbsent()))
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("another writer");
        }
    }

    private ScriptedS3 conflicting(String code, int times) throws IOException {
        return new ScriptedS3(request -> request.operation().equals("Put") && puts.incrementAndGet() <= times
                ? Answer.error(409, code)
                : ScriptedUploads.answer(request));
    }

    private static String upload(S3StorageClient client, PutCondition condition) throws IOException {
        return client.upload("key", ContentWriter.of(new byte[7]), condition).etag();
    }
}
