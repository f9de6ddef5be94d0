package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change under the reader. */
class ChangingFolderTest {
    @FunctionalInterface
    private interface Change {
        void make(int pause) throws IOException;
    }

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[3 << 20]);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }

    @Test
    void aFolderThatKeepsStillAtTheSecondLookIsTakenAsItWasThen() throws IOException {
        AtomicInteger pauses = new AtomicInteger();
        DirectoryDatabase database = changing(pauses, pause -> {
            if (pause == 1) {
                Files.writeString(folder.resolve("second"), "new");
                Files.delete(file);
            }
        });

        assertThat(DatabaseContents.of(database).get("files")).hasSize(2);
        assertThat(pauses).hasValue(2);
    }

    @Test
    void aFolderThatNeverKeepsStillIsReported() throws IOException {
        AtomicInteger pauses = new AtomicInteger();
        DirectoryDatabase database = changing(pauses, pause -> Files.writeString(file, "x", StandardOpenOption.APPEND));

        assertThatThrownBy(database::openSnapshot)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("5 attempts")
                .hasMessageContaining("lock");
        assertThat(pauses).hasValue(5);
    }

    @Test
    void aFileThatIsReplacedByOneOfTheSameSizeAndTimeIsNoticed() throws IOException {
        byte[] other = new byte[3 << 20];
        Arrays.fill(other, (byte) 1);
        assertNoticed(() -> {
            Path replacement = Files.write(folder.resolve("other"), other);
            Files.setLastModifiedTime(replacement, FileTime.fromMillis(0));
            Files.delete(file);
            Files.move(replacement, file);
        });
    }

    @Test
    void aFileThatIsWrittenInPlaceIsNoticedAlthoughItsTimeIsPutBack() throws IOException {
        assertNoticed(() -> {
            Files.write(file, new byte[] {1}, StandardOpenOption.WRITE);
            Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        });
    }

    @Test
    void aFileThatShrinksIsNoticed() throws IOException {
        assertNoticed(() -> Files.write(file, new byte[5]));
    }

    @Test
    void aFileThatVanishesIsNoticed() throws IOException {
        assertNoticed(() -> Files.delete(file));
    }

    @Test
    void aFileThatBecomesALinkIsNotFollowed() throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[3 << 20]);
        assertNoticed(() -> {
            Files.delete(file);
            Files.createSymbolicLink(file, secret);
        });
    }

    @Test
    void aFileThatChangesBetweenItsBlocksIsNoticedBeforeTheNextIsGivenAway() throws IOException {
        byte[] full = new byte[3 << 20];
        Arrays.fill(full, (byte) 7);
        Files.write(file, full);
        AtomicInteger blocks = new AtomicInteger();
        try (DatabaseSnapshot snapshot = DirectoryDatabase.of("d", folder).openSnapshot()) {
            assertThatThrownBy(() -> snapshot.readEntries("blocks", KeyRange.all(), (key, block) -> {
                        blocks.incrementAndGet();
                        Files.write(file, new byte[] {8}, StandardOpenOption.APPEND);
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("changed");
        }
        assertThat(blocks).hasValue(1);
    }

    private void assertNoticed(Action change) throws IOException {
        try (DatabaseSnapshot snapshot = DirectoryDatabase.of("d", folder).openSnapshot()) {
            change.run();
            assertThatThrownBy(() -> snapshot.readEntries("blocks", KeyRange.all(), (key, block) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private DirectoryDatabase changing(AtomicInteger pauses, Change change) throws IOException {
        return DirectoryDatabase.builder("d", folder)
                .sleeper(time -> {
                    try {
                        change.make(pauses.incrementAndGet());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .build();
    }
}
