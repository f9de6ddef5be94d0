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
import org.junit.jupiter.api.io.TempDir;

/** Declares nothing but {@code backup-core}: none of the optional libraries is there. */
class HostTest {
    record Item(String name, int price) {}

    private static final Pattern JACKSON = Pattern.compile("jackson-(?!annotations).*?-(\\d+\\.\\d+\\.\\d+)\\.jar");

    @Test
    void backsUpAndRestores(@TempDir Path folder) throws Exception {
        ConcurrentMap<String, Item> items = new ConcurrentHashMap<>(Map.of("a", new Item("apple", 3)));
        try (BackupManager manager = BackupManager.builder()
                .storage(folder.toUri().toString())
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.json(Item.class))
                        .build())
                .build()) {
            Backup backup = manager.backupDatabase("orders");
            items.clear();

            manager.restoreDatabase(backup.objectName());

            assertEquals(Map.of("a", new Item("apple", 3)), items);
            assertEquals("cbor.gz", backup.format(), "what is used where the zstd library is missing");
        }
    }

    @Test
    void jacksonComesInOneVersion() {
        Set<String> versions = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> JACKSON.matcher(Path.of(entry).getFileName().toString()))
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .collect(Collectors.toSet());

        assertTrue(versions.size() == 1, () -> "Jackson versions on the class path: " + versions);
    }
}
