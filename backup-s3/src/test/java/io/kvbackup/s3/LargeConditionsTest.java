package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.check.StorageCheck;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Conditions of multipart uploads are tried with multipart uploads. */
class LargeConditionsTest {
    private static final int PART = 6 << 20;
    private static final ContentWriter PARTS = ContentWriter.of(new byte[PART + 1]);

    /** S3Mock as it is removes an object together with a refused upload of its name. */
    @Test
    void aServerThatLosesWhatWasThereStillKeepsConditions() throws IOException {
        try (StorageClient client = S3StorageClient.builder(
                        S3Clients.create(EmbeddedS3.connection(), S3Settings.DEFAULTS), EmbeddedS3.newBucket())
                .owning()
                .build()) {
            StorageCheck.guard(client).upload("a", PARTS, PutCondition.ifAbsent());

            assertThat(client.stat("a").map(StorageObject::size)).contains(PART + 1L);
        }
    }

    @Test
    void aServerThatKeepsThemPassesAndNothingIsLeft() throws IOException {
        try (StorageClient client = S3StorageClient.builder(EmbeddedS3.client(), EmbeddedS3.newBucket())
                .partSize(PART)
                .build()) {
            assertThat(client.traits().partSize()).isEqualTo(PART);
            assertThat(client.traits().conditions()).isEqualTo(StorageClient.Conditions.UNKNOWN);
            StorageClient guarded = StorageCheck.guard(client);

            guarded.upload("a", PARTS, PutCondition.ifAbsent());
            assertThatThrownBy(() -> guarded.upload("a", PARTS, PutCondition.ifAbsent()))
                    .isInstanceOf(PreconditionFailedException.class);

            try (Stream<StorageObject> objects = client.list("")) {
                assertThat(objects.map(StorageObject::key)).containsExactly("a");
            }
        }
    }
}
