package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conditional uploads: the only means by which two writers agree. */
public interface ConditionContract extends StorageFixture {
    @Test
    default void ifAbsentCreates() throws IOException {
        StorageObject created = upload("a", text("first"), PutCondition.ifAbsent());

        assertThat(created.etag()).isEqualTo(client().stat("a").orElseThrow().etag());
        assertThat(read("a")).isEqualTo(text("first"));
    }

    @Test
    default void ifAbsentNeverReplaces() throws IOException {
        for (int size : List.of(0, 10, 2 * partSize() + 1)) {
            StorageObject old = put("taken", "first");
            assertThatThrownBy(() -> upload("taken", content(6, size), PutCondition.ifAbsent()))
                    .as("%d bytes", size)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("taken");
            assertThat(read("taken")).isEqualTo(text("first"));
            assertThat(client().stat("taken").orElseThrow().etag()).isEqualTo(old.etag());
            assertNothingLeftBehind();
        }
    }

    @Test
    default void ifAbsentCreatesAgainAfterDelete() throws IOException {
        put("a", "first");
        client().delete(List.of("a"));

        upload("a", text("second"), PutCondition.ifAbsent());
        assertThat(read("a")).isEqualTo(text("second"));
    }

    @Test
    default void ifMatchReplacesThatVersionOnly() throws IOException {
        StorageObject first = put("a", "first");
        StorageObject second = upload("a", text("second"), PutCondition.ifMatch(first.etag()));

        for (int size : List.of(0, 10, 2 * partSize() + 1)) {
            assertThatThrownBy(() -> upload("a", content(7, size), PutCondition.ifMatch(first.etag())))
                    .as("%d bytes", size)
                    .isInstanceOf(PreconditionFailedException.class);
            assertThat(read("a")).isEqualTo(text("second"));
            assertNothingLeftBehind();
        }
        upload("a", content(8, 2 * partSize() + 1), PutCondition.ifMatch(second.etag()));
        assertThat(read("a")).isEqualTo(content(8, 2 * partSize() + 1));
    }

    @Test
    default void ifMatchTakesTheEtagOfStatAndList() throws IOException {
        put("a", "first");
        upload(
                "a",
                text("second"),
                PutCondition.ifMatch(client().stat("a").orElseThrow().etag()));
        try (var listed = client().list("a")) {
            String etag = listed.findFirst().orElseThrow().etag();
            upload("a", text("third"), PutCondition.ifMatch(etag));
        }
        assertThat(read("a")).isEqualTo(text("third"));
    }

    @Test
    default void ifMatchOfAMissingObjectFails() throws IOException {
        String etag = put("a", "first").etag();
        client().delete(List.of("a"));

        assertThatThrownBy(() -> upload("a", text("second"), PutCondition.ifMatch(etag)))
                .isInstanceOf(PreconditionFailedException.class);
        assertAbsent("a");
        assertNothingLeftBehind();
    }

    @Test
    default void conditionHoldsAtTheMomentOfCommit() throws IOException {
        assertThatThrownBy(() -> client().upload(
                                "a",
                                out -> {
                                    out.write(text("slow"));
                                    put("a", "fast");
                                },
                                PutCondition.ifAbsent()))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(read("a")).isEqualTo(text("fast"));
    }

    @Test
    default void ofConcurrentCreatorsExactlyOneWins() throws Exception {
        assumeTrue(supportsRacingConditions(), "the store's conditions race");
        raceToCreate(10, 8, 7);
    }

    /** The longer an upload takes the likelier a store is to mix up two of them. */
    @Test
    default void ofConcurrentCreatorsOfLargerObjectsExactlyOneWins() throws Exception {
        assumeTrue(supportsRacingConditions(), "the store's conditions race");
        raceToCreate(22, 4, 200_000);
        raceToCreate(4, 2, partSize() + 1);
    }

    private void raceToCreate(int rounds, int writers, int size) throws Exception {
        for (int round = 0; round < rounds; round++) {
            String key = "round/" + size + "/" + round;
            List<Integer> winners =
                    Race.of(writers, racer -> upload(key, content(racer, size), PutCondition.ifAbsent()));

            assertThat(winners).as("winners of round %d, %d bytes", round, size).hasSize(1);
            assertThat(read(key)).isEqualTo(content(winners.get(0), size));
            client().delete(List.of(key));
        }
    }

    @Test
    default void concurrentReplacersNeverLoseAnUpdate() throws Exception {
        assumeTrue(supportsRacingReplacements(), "the store's replacements race");
        put("counter", "0");
        int total = 0;
        while (total < 24) {
            total += Race.of(4, racer -> increment("counter")).size();
        }
        assertThat(read("counter")).isEqualTo(text(Integer.toString(total)));
    }

    private void increment(String key) throws IOException {
        StorageObject old = client().stat(key).orElseThrow();
        try (var in = client().download(old, ByteRange.all())) {
            int value = Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            upload(key, text(Integer.toString(value + 1)), PutCondition.ifMatch(old.etag()));
        }
    }

    private StorageObject upload(String key, byte[] content, PutCondition condition) throws IOException {
        return client().upload(key, ContentWriter.of(content), condition);
    }
}
