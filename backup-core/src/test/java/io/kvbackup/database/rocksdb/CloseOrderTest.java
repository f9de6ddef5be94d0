package io.kvbackup.database.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.contract.ChangeModel;
import io.kvbackup.database.contract.Write;
import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No order of closing ends the process, as long as nothing is read at that moment. */
class CloseOrderTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("thorough") // another process
    void noOrderOfClosingEndsTheProcess() throws Exception {
        OtherProcess.run(CloseOrderTest.class, Duration.ofMinutes(1), folder);
    }

    /** In a process of its own, which a wrong order would kill. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        for (int round = 0; round < 10; round++) {
            readerFirst(Files.createDirectory(folder.resolve("reader" + round)));
            rocksFirst(Files.createDirectory(folder.resolve("rocks" + round)));
        }
    }

    /** Closing a reader waits for the call that it is in. */
    private static void readerFirst(Path folder) throws Exception {
        TestRocksDb rocks = new TestRocksDb(folder.resolve("db"));
        ChangeLog log = rocks.builder().build().changeLog().orElseThrow();
        ChangeReader reader = log.open(log.position());
        ChangeModel model = ChangeModel.startingWith(Map.of());
        Thread tailing = new Thread(() -> {
            try {
                while (true) {
                    reader.read(model, 1000);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("closed");
            }
        });
        tailing.start();
        for (int i = 0; i < 2000; i++) {
            rocks.write(List.of(Write.put("first", "key " + i % 50, "value " + i)));
            if (i % 500 == 0) {
                rocks.flush("first");
            }
        }
        reader.close();
        rocks.close();
        tailing.join();
    }

    private static void rocksFirst(Path folder) throws Exception {
        TestRocksDb rocks = new TestRocksDb(folder.resolve("db"));
        ChangeLog log = rocks.builder().build().changeLog().orElseThrow();
        ChangeReader reader = log.open(log.position());
        rocks.write(List.of(Write.put("first", "a", "1")));
        long position = log.position();
        ChangeModel model = ChangeModel.startingWith(Map.of());
        assertThat(model.readAll(reader)).isEqualTo(1);
        rocks.close();
        assertThatThrownBy(() -> reader.read(model, 1000)).hasMessageContaining("closed");
        assertThatThrownBy(log::position).hasMessageContaining("closed");
        assertThatThrownBy(() -> log.proof(position)).hasMessageContaining("closed");
        assertThatThrownBy(() -> log.open(position)).hasMessageContaining("closed");
        reader.close();
    }
}
