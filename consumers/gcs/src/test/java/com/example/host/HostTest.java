package com.example.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.model.Backup;
import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Declares {@code backup-gcs} and zstd, and the server to test with. */
class HostTest {
    private static final Pattern JACKSON = Pattern.compile("jackson-(?!annotations).*?-(\\d+\\.\\d+\\.\\d+)\\.jar");

    @Test
    void backsUpAndRestores() throws Exception {
        ConcurrentMap<String, String> notes = new ConcurrentHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            notes.put("key " + i, "value " + Long.toHexString(i * 0x9E3779B97F4A7C15L));
        }
        Map<String, String> before = new HashMap<>(notes);
        try (GcsServer store = GcsServer.start("bucket");
                BackupManager manager = BackupManager.builder()
                        .storage("gs://bucket/prefix?chunkSize=256KiB&endpoint=" + store.endpoint())
                        .database(MapDatabase.builder("notes")
                                .set("notes", notes, Codec.utf8(), Codec.utf8())
                                .build())
                        .build()) {
            Backup backup = manager.backupDatabase("notes");
            notes.clear();

            manager.restoreLatest("notes");

            assertEquals(before, notes);
            assertEquals(backup.objectName(), manager.listBackups("notes").get(0).objectName());
            assertEquals(0, store.openUploads());
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
    void grpcTransportIsNotPulledIn() {
        assertTrue(jars().noneMatch(jar -> jar.startsWith("grpc-netty") || jar.startsWith("grpc-core")
                || jar.startsWith("netty") || jar.startsWith("opentelemetry-sdk")));
    }

    private static Stream<String> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString());
    }
}
