package com.example.night;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file, an empty folder, and nothing else. */
class JarTest {
    @TempDir
    Path folder;

    private String run(int code, String... args) throws Exception {
        String jar = Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(path -> path.contains("backup-cli"))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(code, process.waitFor(), said);
        return said;
    }

    @Test
    void everyStoreEngineAndCodecIsInIt() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("docs")).resolve("a.txt"), "hello");
        for (String format : List.of("cbor.zst", "json.xz", "tar.bz2")) {
            run(0, "backup", "docs=folder:docs", "-s", "store", "--format", format);
        }
        run(0, "backup", "docs=folder:docs", "-s", "store", "--incremental");
        assertTrue(run(0, "list", "-s", "store").lines().count() == 5);
        for (String engine : List.of("rocksdb", "sqlite", "mvstore")) {
            String said = run(0, "verify", "docs", "-s", "store", "--level", "drill", "--scratch", engine);
            assertTrue(said.startsWith("good"), said);
        }
        run(0, "restore", "docs", "-s", "store", "--to", "folder:back");
        assertEquals("hello", Files.readString(folder.resolve("back/a.txt")));

        // Their providers are there: they know that these options are theirs.
        assertTrue(run(2, "list", "-s", "s3://bucket/x?nonsense=1").contains("unknown option 'nonsense'"));
        assertTrue(run(2, "list", "-s", "gs://bucket/x?nonsense=1").contains("unknown option 'nonsense'"));
        assertTrue(run(0, "--version").startsWith("kvbackup 0."));
    }
}
