package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.ChangeModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader that falls behind: first memory, then files, then a gap; writers never wait and never fail. */
class RecorderOverflowTest {
    private static final int VALUE = 100_000;

    @TempDir
    private Path folder;

    private ChangeRecorder recorder(long memory, long files) {
        return new ChangeRecorder(Clock.systemUTC(), new RecordedBlocks(memory, files, folder));
    }

    private static void put(ChangeRecorder recorder, int number) {
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            commit.put("items", ("key " + number).getBytes(UTF_8), new byte[VALUE]);
            commit.end();
        }
    }

    private long files() throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith("changes-"))
                    .count();
        }
    }

    @Test
    void whatDoesNotFitIntoMemoryIsReadFromFiles() throws Exception {
        ChangeRecorder recorder = recorder(2_000_000, 50_000_000);
        List<ChangeReader> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(recorder.open(0));
        }
        for (int i = 0; i < 200; i++) {
            put(recorder, i);
        }
        assertThat(files()).isPositive();
        for (ChangeReader reader : readers) {
            ChangeModel model = ChangeModel.startingWith(Map.of());
            // In pieces, among which more is written.
            while (model.commits().size() < 100) {
                reader.read(model, VALUE * 3);
                assertThat(recorder.proof(model.lastPosition())).hasSize(32);
                put(recorder, 1_000 + model.commits().size());
            }
            model.readAll(reader);
            assertThat(model.lastPosition()).isEqualTo(recorder.position());
            assertThat(model.commits()).hasSize((int) recorder.position());
            reader.close();
        }
        assertThat(files()).as("files after all have read").isZero();
        try (var all = Files.list(folder)) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitIntoFilesIsAGap() throws Exception {
        ChangeRecorder recorder = recorder(1_000_000, 3_000_000);
        try (ChangeReader reader = recorder.open(0)) {
            for (int i = 0; i < 100; i++) {
                put(recorder, i);
            }
            assertThatThrownBy(() -> reader.read(ChangeModel.startingWith(Map.of()), 1))
                    .isInstanceOf(ChangeGapException.class)
                    .hasMessageContaining("too far behind");
        }
        assertThat(files()).isZero();
        goesOn(recorder);
    }

    @Test
    void filesThatCannotBeWrittenAreAGap() throws Exception {
        ChangeRecorder recorder = new ChangeRecorder(
                Clock.systemUTC(), new RecordedBlocks(1_000_000, 50_000_000, folder.resolve("gone")));
        try (ChangeReader reader = recorder.open(0)) {
            for (int i = 0; i < 50; i++) {
                put(recorder, i);
            }
            assertThatThrownBy(() -> reader.read(ChangeModel.startingWith(Map.of()), 1))
                    .isInstanceOf(ChangeGapException.class);
        }
        goesOn(recorder);
    }

    private static void goesOn(ChangeRecorder recorder) throws IOException {
        try (ChangeReader reader = recorder.open(recorder.position())) {
            put(recorder, 1);
            ChangeModel model = ChangeModel.startingWith(Map.of());
            assertThat(model.readAll(reader)).isEqualTo(1);
        }
    }

    @Test
    void withoutReadersOnlyTheNewestAreKeptInMemory() throws Exception {
        ChangeRecorder recorder = recorder(2_000_000, 50_000_000);
        for (int i = 0; i < 100; i++) {
            put(recorder, i);
        }
        assertThat(files()).isZero();
        assertThatThrownBy(() -> recorder.open(1)).isInstanceOf(ChangeGapException.class);
        assertThatThrownBy(() -> recorder.proof(1)).isInstanceOf(ChangeGapException.class);
        try (ChangeReader reader = recorder.open(95)) {
            ChangeModel model = ChangeModel.startingWith(Map.of());
            assertThat(model.readAll(reader)).isEqualTo(5);
        }
    }
}
