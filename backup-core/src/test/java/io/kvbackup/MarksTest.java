package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered beside backups: pins, tags, verifications. */
class MarksTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, String> notes = new ConcurrentHashMap<>();
    private final MarkStore marks = new MarkStore(storage);
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(storage)
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private List<String> keys() throws IOException {
        try (var objects = storage.list("backups/")) {
            return objects.map(StorageObject::key).toList();
        }
    }

    private Backup only() throws IOException {
        List<Backup> backups = manager.listBackups("orders");
        assertThat(backups).hasSize(1);
        assertThat(manager.describe(backups.get(0).objectName()).marks())
                .isEqualTo(backups.get(0).marks());
        return backups.get(0);
    }

    @Test
    void aBackupIsTaggedFromItsFirstMoment() throws Exception {
        Backup backup = manager.backupDatabase(
                "orders", BackupOptions.builder().tag("release-1.2").tag("a").build());

        assertThat(backup.tags()).containsExactly("a", "release-1.2");
        assertThat(only().tags()).containsExactly("a", "release-1.2");
        assertThat(manager.describe(backup.objectName())).isEqualTo(backup);
        assertThat(keys()).contains(backup.objectName() + ".tag.release-1.2");
    }

    @Test
    void pinsAndTagsComeAndGo() throws Exception {
        String name = manager.backupDatabase("orders").objectName();

        manager.marks().pin(name);
        manager.marks().pin(name);
        manager.marks().tag(name, "gz");
        manager.marks().tag(name, "x.manifest.json");
        assertThat(only().isPinned()).isTrue();
        assertThat(only().tags()).containsExactly("gz", "x.manifest.json");

        manager.marks().unpin(name);
        manager.marks().unpin(name);
        manager.marks().untag(name, "gz");
        assertThat(only().isPinned()).isFalse();
        assertThat(only().tags()).containsExactly("x.manifest.json");
        manager.verify(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a/b",
                "..",
                ".a",
                "a.",
                "-",
                "a\nb",
                "a\u0000",
                "ä",
                "%41",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void aHostileTagIsRefusedBeforeAnythingHappens(String tag) throws Exception {
        String name = manager.backupDatabase("orders").objectName();

        assertThatThrownBy(() -> manager.marks().tag(name, tag))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be used");
        assertThatThrownBy(() -> manager.marks().untag(name, tag)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BackupOptions.builder().tag(tag)).isInstanceOf(IllegalArgumentException.class);
        assertThat(keys()).hasSize(2);
    }

    @Test
    void marksFitBesideTheLongestNames() throws Exception {
        String database = "ü".repeat(100);
        try (BackupManager long_ = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder(database)
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            Backup backup = long_.backupDatabase(
                    database,
                    BackupOptions.builder()
                            .format("json.gz.bz2.xz.zst.gz.bz2.xz.zst")
                            .tag("t".repeat(64))
                            .build());
            long_.marks().pin(backup.objectName());

            assertThat(long_.listBackups().get(0).tags()).containsExactly("t".repeat(64));
        }
    }

    @Test
    void unknownBackupsHaveNoMarks() throws Exception {
        String missing = "backups/orders/2026-11-20T12:00:00.000Z.cbor";

        assertThatThrownBy(() -> manager.marks().pin(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing);
        assertThatThrownBy(() -> manager.marks().untag(missing, "a")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> manager.marks().pin("somewhere/else.json"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> marks.record(missing, verification(VerifyLevel.LISTED, true)))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(keys()).isEmpty();
    }

    private Verification verification(VerifyLevel level, boolean passed) {
        return new Verification(level, clock.instant(), Duration.ofMillis(1234), passed);
    }

    private static Verification numbered(Verification verification, long sequence) {
        return new Verification(
                verification.level(), verification.at(), verification.took(), verification.passed(), sequence);
    }

    @Test
    void damageThatIsFoundWhileAnotherVerificationGoesOnIsNotForgotten() throws Exception {
        String name = manager.backupDatabase("orders").objectName();
        marks.record(name, verification(VerifyLevel.DIGEST, true));
        long whenItBegan = only().marks().nextSequence();
        marks.record(name, verification(VerifyLevel.DIGEST, false));
        clock.advanceSeconds(86_400 * 365);
        marks.record(name, numbered(verification(VerifyLevel.DRILL, true), whenItBegan));

        assertThat(only().marks().isDamaged()).isTrue();

        clock.advanceSeconds(-86_400 * 365 * 2);
        marks.record(
                name,
                numbered(verification(VerifyLevel.DRILL, true), only().marks().nextSequence()));
        assertThat(only().marks().isDamaged()).isFalse();
        assertThat(only().marks().isVerified()).isTrue();
    }

    @Test
    void theLastVerificationOfEachLevelIsRemembered() throws Exception {
        String name = manager.backupDatabase("orders").objectName();
        Verification first = verification(VerifyLevel.DIGEST, true);
        marks.record(name, first);
        assertThat(only().lastVerifiedAt()).contains(first.at());
        clock.advanceSeconds(60);
        Verification second = verification(VerifyLevel.DIGEST, true);
        marks.record(name, second);
        clock.advanceSeconds(60);
        Verification drill = verification(VerifyLevel.DRILL, false);
        marks.record(name, drill);

        assertThat(only().marks().verifications()).containsExactly(numbered(drill, 3), numbered(second, 2));
        assertThat(only().marks().lastVerification()).contains(numbered(drill, 3));
        assertThat(only().marks().lastVerification(VerifyLevel.DIGEST)).contains(numbered(second, 2));
        assertThat(only().lastVerifiedAt()).contains(second.at());
        assertThat(only().marks().isVerified()).isFalse();
        assertThat(keys()).hasSize(4).contains(name + ".failed.DRILL.2026-11-20T12:02:00.000Z.1234.3");
    }

    @Test
    void deletingABackupTakesItsMarksAlong() throws Exception {
        String name = manager.backupDatabase(
                        "orders", BackupOptions.builder().tag("a").build())
                .objectName();
        manager.marks().pin(name);
        marks.record(name, verification(VerifyLevel.DRILL, true));

        manager.deleteBackup(name);

        assertThat(keys()).isEmpty();
        assertThatThrownBy(() -> manager.marks().tag(name, "b")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anUploadedArchiveIsPinned(@TempDir Path folder) throws Exception {
        Backup backup = manager.backupDatabase("orders");
        Path file = folder.resolve("copy");
        manager.downloadFile(backup.objectName(), file);
        manager.deleteBackup(backup.objectName());

        manager.uploadFile(backup.objectName(), file);

        assertThat(only().isPinned()).isTrue();
        assertThat(only().hasManifest()).isFalse();
        Files.delete(file);
        assertThatThrownBy(() -> manager.uploadFile("backups/orders/20260101-000000.json", file))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(keys()).hasSize(2);
    }
}
