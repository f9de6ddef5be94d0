package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that differ from Google's where others are known to. */
@StoreUnderTest(
        scheme = "gs:",
        server = "the same, with the ways of other servers",
        deviations = {"no keys with line breaks", "uploads cannot be cancelled, and end when they are asked about"})
class ForeignServerTest extends GcsTest implements StorageClientContract {
    private static final Fault LOST = Fault.of(Fault.Kind.BREAK_AFTER_EFFECT);

    private final byte[] content = content(21, 3 * CHUNK + 1_000);

    @BeforeEach
    void estrange() {
        server.foreign();
    }

    @Override
    public boolean supportsKey(String key) {
        return key.indexOf('\n') < 0;
    }

    /** The server knows no way to cancel an upload. */
    @Override
    public void assertNothingLeftBehind() {}

    @Test
    void bothChecksArePassed() throws IOException {
        for (StorageCheck check : List.of(StorageCheck.quick(), StorageCheck.full())) {
            StorageReport report = check.run(client);
            assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.GOOD);
        }
    }

    @Test
    void missingBucketIsNamed() throws Exception {
        try (GcsStorageClient lost = GcsStorageClient.of(storage, "no-such-bucket", "")) {
            assertThatThrownBy(() -> lost.download("a", ByteRange.all()))
                    .hasMessageContaining("bucket 'no-such-bucket' does not exist");
            assertThatThrownBy(() -> lost.upload("a", ContentWriter.of(content), PutCondition.none()))
                    .hasMessageContaining("bucket 'no-such-bucket' does not exist");
        }
    }

    @Test
    void uploadThatEndsTooEarlyIsRemoved() throws IOException {
        server.faults().add("PUT", "upload_id=", 1, 1, LOST);

        assertThatThrownBy(() -> client.upload("a", out -> out.write(content), PutCondition.none()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more were to come");
        assertAbsent("a");
    }

    @Test
    void uploadThatEndsTooEarlyWithoutAWordIsRemoved() throws IOException {
        server.terse();
        server.faults().add("PUT", "upload_id=", 1, 1, LOST);

        assertThatThrownBy(() -> client.upload("a", out -> out.write(content), PutCondition.ifAbsent()))
                .isInstanceOf(IOException.class);
        assertAbsent("a");
    }

    @Test
    void uploadThatEndsTooEarlyStartsAnewIfItsContentCan() throws IOException {
        server.faults().add("PUT", "upload_id=", 1, 1, LOST);
        client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());

        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void lastChunkWhoseReplyIsLostHasWon() throws IOException {
        server.faults().add("PUT", "upload_id=", 3, 1, LOST);
        client.upload("a", out -> out.write(content), PutCondition.ifAbsent());

        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void rangeThatEndsTooEarlyIsNeverTakenForTheWhole() throws IOException {
        put("a", content);
        for (ByteRange range : List.of(ByteRange.of(10, 1_000), ByteRange.from(10), ByteRange.all())) {
            server.faults().add("GET", "alt=media", 0, 5, Fault.truncate(500));
            assertThatThrownBy(() -> read("a", range))
                    .as("%s", range)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("too early");
        }
    }

    @Test
    void longNamesNeedNoLongAddresses() throws IOException {
        String folder = "\u65e5".repeat(280);
        for (int i = 0; i < 5; i++) {
            put(folder + "/" + i, "x");
        }
        server.pageSize(2);

        assertThat(keys(folder, folder + "/2")).containsExactly(folder + "/3", folder + "/4");
        assertThat(client.stat(folder + "/4")).isPresent();
        assertThat(client.stat(folder + "/5")).isEmpty();
        client.copy(folder + "/4", folder + "/5");
        client.delete(List.of(folder + "/4"));
        assertThat(keys(folder, folder + "/3")).containsExactly(folder + "/5");
    }
}
