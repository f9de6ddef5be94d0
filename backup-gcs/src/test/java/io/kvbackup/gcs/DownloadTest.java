package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.Fault;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Downloads over bad connections. */
class DownloadTest extends GcsTest {
    private static final String MEDIA = "alt=media";

    private final byte[] content = content(21, 500_000);

    @Test
    void openingIsTriedAgain() throws IOException {
        put("a", content);
        server.faults().add("GET", MEDIA, 0, 3, Fault.status(503));

        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void truncatedContentIsNeverTakenForTheWhole() throws IOException {
        put("a", content);
        for (int length : new int[] {0, 1, 100_000, content.length - 1}) {
            for (ByteRange range : new ByteRange[] {ByteRange.all(), ByteRange.of(0, 500_000), ByteRange.from(0)}) {
                server.faults().clear();
                // A close that overtakes the head of the answer makes the client ask again: that one is cut off too.
                server.faults().add("GET", MEDIA, 0, 5, Fault.truncate(length));
                assertThatThrownBy(() -> read("a", range))
                        .as("%d bytes of %s", length, range)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("gs://bucket/some/prefix/a")
                        .hasMessageContaining("at byte " + length)
                        .hasMessageContaining("read again from there");
            }
        }
    }

    @Test
    void brokenDownloadTellsTheOffsetInTheObject() throws IOException {
        put("a", content);
        server.faults().add("GET", MEDIA, 0, 5, Fault.truncate(1_000));

        assertThatThrownBy(() -> read("a", ByteRange.of(5_000, 20_000))).hasMessageContaining("at byte 6000");
    }

    @Test
    void flippedBitOfAWholeObjectIsFound() throws IOException {
        put("a", content);
        server.faults().next("GET", MEDIA, Fault.of(Fault.Kind.FLIP));

        assertThatThrownBy(() -> read("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("CRC32C");
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void etagOfAnotherStoreIsNeverTheVersion() throws IOException {
        put("a", content);
        for (String etag : new String[] {"0", "", "-1", "\"d41d8cd9\"", "99999999999999999999", " 1"}) {
            StorageObject foreign = new StorageObject("a", content.length, Instant.EPOCH, etag);
            assertThatThrownBy(() -> client.download(foreign, ByteRange.all()))
                    .as("etag '%s'", etag)
                    .isInstanceOf(PreconditionFailedException.class);
        }
    }

    @Test
    void interruptIsNoticedWhileReading() throws IOException {
        put("a", content);
        try (InputStream in = client.download("a", ByteRange.all())) {
            assertThat(in.read()).isEqualTo(content[0] & 0xFF);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> in.read(new byte[10])).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void closedStreamCannotBeRead() throws IOException {
        put("a", content);
        InputStream in = client.download("a", ByteRange.all());
        in.close();
        in.close();

        assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }
}
