package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that leave out what they may. */
class TerseServerTest extends GcsTest {
    @BeforeEach
    void shorten() {
        server.terse();
        server.pageSize(3);
    }

    @Test
    void uploadsThatAreAnsweredWithoutAWordAreLookedAt() throws IOException {
        for (int size : List.of(0, 10, CHUNK, 3 * CHUNK + 7)) {
            StorageObject written = put("a", content(size, size));

            assertThat(written.size()).isEqualTo(size);
            assertThat(written.etag()).isEqualTo(client.stat("a").orElseThrow().etag());
            assertThat(read("a")).isEqualTo(content(size, size));
        }
        assertNothingLeftBehind();
    }

    @Test
    void conditionsHold() throws IOException {
        StorageObject first = client.upload("a", ContentWriter.of(text("1")), PutCondition.ifAbsent());
        client.upload("a", ContentWriter.of(content(1, 2 * CHUNK)), PutCondition.ifMatch(first.etag()));

        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(text("3")), PutCondition.ifMatch(first.etag())))
                .isInstanceOf(PreconditionFailedException.class);
        assertThatThrownBy(() -> client.upload("a", ContentWriter.of(text("3")), PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
    }

    @Test
    void listingsOfSmallPagesWithoutBoundsAreWhole() throws IOException {
        for (int i = 0; i < 10; i++) {
            put("k/" + i, "x");
        }
        assertThat(keys("k/", "")).hasSize(10);
        assertThat(keys("", "k/6")).containsExactly("k/7", "k/8", "k/9");
    }

    @Test
    void theQuickCheckIsPassed() throws IOException {
        StorageReport report = StorageCheck.quick().run(client);

        assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.GOOD);
    }

    @Test
    void conditionsOfAnotherServerThanGooglesHaveToBeTried() {
        assertThat(client.traits().conditions()).isEqualTo(StorageClient.Conditions.UNKNOWN);
    }
}
