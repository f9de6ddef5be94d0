package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store in a folder, with backups of a database of maps. */
final class Store {
    static final Instant TAKEN = Instant.parse("2026-11-20T12:00:00Z");

    final Path folder;
    final ConcurrentMap<String, String> items = new ConcurrentHashMap<>();
    final ConcurrentMap<String, Price> prices = new ConcurrentHashMap<>();
    final ConcurrentMap<byte[], byte[]> blobs = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    record Price(int kg) {}

    Store(Path folder) {
        this.folder = folder;
        items.putAll(Map.of("apple", "red", "banana", "yellow", "cherry", "red as well"));
        prices.put("apple", new Price(3));
        blobs.put(new byte[] {0, 1}, new byte[] {(byte) 0xFF, 2});
    }

    MapDatabase orders(String name) {
        return MapDatabase.builder(name)
                .set("items", items, Codec.utf8(), Codec.utf8())
                .set("prices", prices, Codec.utf8(), Codec.json(Price.class))
                .set("blobs", blobs, Codec.bytes(), Codec.bytes())
                .build();
    }

    BackupManagerBuilder manager(Instant time) {
        return BackupManager.builder().storage(folder.toUri().toString()).clock(Clock.fixed(time, ZoneOffset.UTC));
    }

    Backup backup(String name, Instant time, BackupOptions options) throws IOException {
        try (BackupManager manager = manager(time).database(orders(name)).build()) {
            return manager.backupDatabase(name, options);
        }
    }

    Backup backup() throws IOException {
        return backup("orders", TAKEN, BackupOptions.defaults());
    }

    /** Changes a byte in the middle of a backup's archive. */
    void damage(Backup backup) throws IOException {
        Path archive = folder.resolve(backup.objectName());
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(archive, bytes);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
