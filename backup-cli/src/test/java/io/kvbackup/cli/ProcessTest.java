package io.kvbackup.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tool as a process, with the class path of the build. */
@Timeout(60)
class ProcessTest {
    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder.resolve("store"));
    }

    private Process start(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        process.environment().put("KVBACKUP_STORAGE", store.folder.toString());
        return process.start();
    }

    private int run(String... args) throws Exception {
        return start(args).waitFor();
    }

    private String out() throws Exception {
        return Files.readString(folder.resolve("out"));
    }

    private String err() throws Exception {
        return Files.readString(folder.resolve("err"));
    }

    @Test
    void listsAndRestores() throws Exception {
        store.backup();

        assertThat(run("list", "--json")).as(err()).isZero();
        assertThat(out()).startsWith("{\n  \"backups\" : [").endsWith("}\n");
        assertThat(err()).as("no progress when piped").isEmpty();
        assertThat(run("restore", "orders", "--to", "rocksdb:" + folder.resolve("back")))
                .as(err())
                .isZero();
        assertThat(Made.items(Engine.ROCKSDB, folder.resolve("back"))).hasSize(3);
    }

    @Test
    @Tag("thorough")
    void aRocksDbThatIsInUseIsLeftAlone() throws Exception {
        Path db = folder.resolve("rocks");
        try (RocksDbHandles open = RocksDbHandles.open(db, "items")) {
            open.put("items", "apple", "red");

            assertThat(run("backup", "rocksdb:" + db)).isEqualTo(1);
            assertThat(err()).contains("is open in another process").hasLineCount(1);
        }
    }

    @Test
    @Tag("thorough")
    void onCronItEndsInOrderWhenItIsTold() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("docs")).resolve("a.txt"), "hello");
        Process process = start("backup", "docs=folder:" + folder.resolve("docs"), "--cron", "@daily", "--now");
        org.awaitility.Awaitility.await().until(() -> out().contains("backups/docs/"));

        process.destroy();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(run("list")).isZero();
        assertThat(out()).contains("backups/docs/");
    }

    @Test
    @Tag("thorough")
    void whoeverStopsReadingEndsIt() throws Exception {
        for (int i = 0; i < 200_000; i++) {
            store.items.put("key" + i, "a value of some length");
        }
        store.backup();
        Process process = new ProcessBuilder(List.of(
                        "sh",
                        "-c",
                        "\"$0\" -cp \"$1\" io.kvbackup.cli.Main cat orders -s \"$2\" | head -n 1",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("java.class.path"),
                        store.folder.toString()))
                .redirectError(folder.resolve("err").toFile())
                .start();

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).hasLineCount(1);
        assertThat(process.waitFor()).isZero();
        assertThat(err()).contains("nobody reads the output any more").hasLineCount(1);
    }
}
