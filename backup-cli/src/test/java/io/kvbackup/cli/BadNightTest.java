package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.model.BackupKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host is gone: from a folder, S3 and Google Cloud Storage, backups of every format, plain and encrypted, archives
 * and trees, come back into every engine.
 */
@Tag("thorough")
class BadNightTest {
    private static final List<String> FORMATS = List.of("cbor.zst", "json.gz", "json", "tar.bz2", "cbor.xz", "tree");

    @TempDir
    static Path folder;

    private static LoopbackS3 s3;
    private static GcsServer gcs;
    private static Path key;

    /** One backup, and the engine that it comes back to. */
    private record Night(String store, String uri, String format, boolean encrypted, Engine engine, int number) {
        String database() {
            return "orders" + number;
        }

        @Override
        public String toString() {
            return store + ", " + format + (encrypted ? ", encrypted" : "") + " -> " + engine.word();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        s3 = LoopbackS3.start();
        gcs = GcsServer.start("night");
        key = Files.write(folder.resolve("key"), new byte[32]);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.close();
        gcs.close();
    }

    private static List<Night> nights() {
        Map<String, String> stores = Map.of(
                "folder", folder.resolve("store").toUri().toString(),
                "s3", s3.uri(),
                "gcs", "gs://night/backups?endpoint=" + gcs.endpoint());
        List<Night> nights = new ArrayList<>();
        stores.forEach((store, uri) -> {
            for (String format : FORMATS) {
                for (boolean encrypted : new boolean[] {false, true}) {
                    // Each engine meets each format, plain and encrypted, on one store or another.
                    List<Engine> engines = store.equals("folder") ? List.of(Engine.values()) : List.of(next(nights));
                    engines.forEach(
                            engine -> nights.add(new Night(store, uri, format, encrypted, engine, nights.size())));
                }
            }
        });
        return nights;
    }

    private static Engine next(List<Night> nights) {
        List<Engine> engines = List.of(Engine.values());
        return engines.get(nights.size() % engines.size());
    }

    @TestFactory
    Stream<DynamicTest> everyBackupComesBackIntoEveryEngine() {
        return nights().stream().map(night -> dynamicTest(night.toString(), () -> comesBack(night)));
    }

    private static void comesBack(Night night) throws Exception {
        Store host = new Store(folder);
        host.items.put("night", night.toString());
        backup(host, night);
        Cli cli = new Cli().variable("KVBACKUP_STORAGE", night.uri());
        if (night.encrypted()) {
            cli.variable("KVBACKUP_ENCRYPTION_KEY_FILE", key.toString())
                    .variable("KVBACKUP_ENCRYPTION_KEY_ID", "night");
        }
        Path place = folder.resolve("back" + night.number());

        assertThat(cli.run("list", night.database()).ok().lines()).hasSize(2);
        assertThat(cli.run("verify", night.database()).ok().out()).startsWith("good ");
        assertThat(cli.run("cat", night.database(), "--set", "items", "--key", "night")
                        .ok()
                        .out())
                .isEqualTo(night.toString());
        cli.run("restore", night.database(), "--to", night.engine().word() + ":" + place)
                .ok();

        assertThat(Made.items(night.engine(), place)).isEqualTo(Map.copyOf(host.items));
        if (night.encrypted()) {
            Cli.Run without =
                    new Cli().variable("KVBACKUP_STORAGE", night.uri()).run("verify", night.database());
            assertThat(without.code()).isEqualTo(1);
            assertThat(without.err()).contains("'night'").hasLineCount(1);
        }
    }

    private static void backup(Store host, Night night) throws Exception {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(night.uri())
                .clock(Clock.fixed(Store.TAKEN, ZoneOffset.UTC))
                .database(host.orders(night.database()));
        if (night.encrypted()) {
            builder.encryption(EncryptionKeys.ofRaw("night", new byte[32]));
        }
        BackupOptions.Builder options = BackupOptions.builder();
        if (night.format().equals("tree")) {
            options.kind(BackupKind.INCREMENTAL);
        } else {
            options.format(night.format() + (night.encrypted() ? ".enc" : ""));
        }
        try (BackupManager manager = builder.build()) {
            manager.backupDatabase(night.database(), options.build());
        }
    }
}
