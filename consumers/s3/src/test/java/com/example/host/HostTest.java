package com.example.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Declares {@code backup-s3} and zstd, and nothing else. */
class HostTest {
    private static final Pattern JACKSON = Pattern.compile("jackson-(?!annotations).*?-(\\d+\\.\\d+\\.\\d+)\\.jar");

    @Test
    void backsUpAndRestores() throws Exception {
        ConcurrentMap<String, String> notes = new ConcurrentHashMap<>(Map.of("a", "first"));
        try (S3Stub store = new S3Stub();
                BackupManager manager = BackupManager.builder()
                        .storage("s3://bucket/prefix?region=us-east-1&pathStyle=true&accessKey=key&secretKey=secret&"
                                + "endpoint="
                                + store.endpoint())
                        .database(MapDatabase.builder("notes")
                                .set("notes", notes, Codec.utf8(), Codec.utf8())
                                .build())
                        .build()) {
            Backup backup = manager.backupDatabase("notes");
            notes.clear();

            manager.restoreLatest("notes");

            assertEquals(Map.of("a", "first"), notes);
            assertTrue(
                    store.objects().containsKey("prefix/" + backup.objectName()),
                    () -> "" + store.objects().keySet());
        }
    }

    @Test
    void jacksonComesInOneVersion() {
        Set<String> versions = jars()
                .map(JACKSON::matcher)
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .collect(Collectors.toSet());

        assertTrue(versions.size() == 1, () -> "Jackson versions on the class path: " + versions);
    }

    @Test
    void neitherNettyNorNativeTransportIsPulledIn() {
        assertTrue(jars().noneMatch(jar -> jar.startsWith("netty") || jar.startsWith("aws-crt-")));
    }

    private static Stream<String> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString());
    }
}
