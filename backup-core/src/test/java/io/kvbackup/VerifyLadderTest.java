package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Progress;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each level of verification proves, and what it does not. */
class VerifyLadderTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, String> items = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<byte[], byte[]> blobs = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private final Database orders = MapDatabase.builder("orders")
            .set("items", items, Codec.utf8(), Codec.utf8())
            .set("blobs", blobs, Codec.bytes(), Codec.bytes())
            .set("nothing", new ConcurrentSkipListMap<>(), Codec.utf8(), Codec.utf8())
            .build();
    private final Database stock = MapDatabase.builder("stock")
            .set("counts", new ConcurrentSkipListMap<>(Map.of("a", 1, "b", 2)), Codec.utf8(), Codec.json(Integer.class))
            .build();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        for (int i = 0; i < 10; i++) {
            items.put("key-" + i, "value " + i);
            blobs.put(new byte[] {(byte) i, -1}, new byte[] {0, (byte) i});
        }
        manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .database(stock)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
        storage.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cbor.zst", "cbor", "json.gz", "tar.bz2"})
    void eachLevelChecksMoreThanTheOneBelow(String format) throws IOException {
        Backup backup = manager.backupAllDatabases(
                BackupOptions.builder().format(format).build());

        VerifyReport listed = manager.verify(backup.objectName(), VerifyLevel.LISTED);
        VerifyReport stored = manager.verify(backup.objectName(), VerifyLevel.STORED);
        VerifyReport digest = manager.verify(backup.objectName(), VerifyLevel.DIGEST);
        VerifyReport drill = manager.verify(backup.objectName(), VerifyLevel.DRILL);

        assertThat(listed.checks())
                .containsExactly(
                        VerifyReport.Check.ARCHIVE_PRESENT,
                        VerifyReport.Check.MANIFEST_INTACT,
                        VerifyReport.Check.SIZE);
        assertThat(listed.entryCounts()).isEmpty();
        assertThat(digest.checks())
                .containsAll(stored.checks())
                .contains(VerifyReport.Check.DIGESTS, VerifyReport.Check.COUNTS);
        assertThat(stored.checks()).containsAll(listed.checks()).contains(VerifyReport.Check.STORED_DIGESTS);
        assertThat(stored.entryCounts()).isEmpty();
        assertThat(drill.checks())
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.of(VerifyReport.Check.PACKS_PRESENT)));
        assertThat(drill.entryCounts())
                .isEqualTo(digest.entryCounts())
                .isEqualTo(Map.of(
                        "orders", Map.of("items", 10L, "blobs", 10L, "nothing", 0L), "stock", Map.of("counts", 2L)));
        assertThat(drill.entries()).isEqualTo(22);
        assertThat(drill.passed()).isTrue();
        assertThat(List.of(listed.level(), stored.level(), digest.level(), drill.level()))
                .containsExactly(VerifyLevel.values());
        assertThat(manager.verify(backup.objectName()).level()).isEqualTo(VerifyLevel.DIGEST);
    }

    @ParameterizedTest
    @EnumSource(LossyDatabase.Flaw.class)
    void onlyADrillFindsAnAdapterThatLosesData(LossyDatabase.Flaw flaw) throws IOException {
        Backup backup = manager.backupDatabase("orders");
        List<LossyDatabase> scratches = new ArrayList<>();
        VerifyOptions drill = VerifyOptions.builder()
                .level(VerifyLevel.DRILL)
                .scratch(header -> {
                    scratches.add(new LossyDatabase(ScratchFactory.inMemory().create(header), flaw));
                    return scratches.get(scratches.size() - 1);
                })
                .build();

        assertThat(manager.verify(backup.objectName(), VerifyLevel.DIGEST).passed())
                .isTrue();
        if (flaw == LossyDatabase.Flaw.NONE) {
            assertThat(manager.verify(backup.objectName(), drill).passed()).isTrue();
        } else {
            assertThatThrownBy(() -> manager.verify(backup.objectName(), drill))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(backup.objectName())
                    .hasMessageContaining("database orders, set items")
                    .hasMessageContaining("the archive is intact");
        }
        assertThat(scratches).as("thrown away").hasSize(1).allMatch(LossyDatabase::isClosed);
    }

    @Test
    void aFlippedByteIsFoundByDigestAndDrillNotByListed() throws IOException {
        Backup backup = manager.backupDatabase("orders");
        byte[] bytes;
        try (InputStream in = storage.download(backup.objectName(), ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length / 2] ^= 4;
        storage.upload(backup.objectName(), ContentWriter.of(bytes), PutCondition.none());

        assertThat(manager.verify(backup.objectName(), VerifyLevel.LISTED).passed())
                .isTrue();
        assertThatThrownBy(() -> manager.verify(backup.objectName(), VerifyLevel.DIGEST))
                .isInstanceOf(CorruptBackupException.class);
        assertThatThrownBy(() -> manager.verify(backup.objectName(), VerifyLevel.DRILL))
                .isInstanceOf(CorruptBackupException.class);
    }

    @ParameterizedTest
    @EnumSource(VerifyLevel.class)
    void whatIsMissingOrCutShortIsFoundAtEveryLevel(VerifyLevel level) throws IOException {
        Backup cut = manager.backupDatabase("orders");
        storage.upload(cut.objectName(), ContentWriter.of(new byte[7]), PutCondition.none());
        assertThatThrownBy(() -> manager.verify(cut.objectName(), level))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("7 bytes");

        assertThatThrownBy(() -> manager.verify("backups/orders/2020-01-01T00:00:00.000Z.cbor", level))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anArchiveWithoutManifestIsDrilledAgainstItself() throws IOException {
        String name = "backups/orders/2026-11-20T12:00:00Z.json";
        String json = "{ \"name\": \"orders\", \"sets\": { \"items\": { \"name\": \"items\","
                + " \"data\": { \"b\": 1, \"a\": { \"x\": [ 1.50 ] } } } }, \"indexes\": { } }";
        storage.upload(name, ContentWriter.of(json.getBytes(StandardCharsets.UTF_8)), PutCondition.none());

        assertThat(manager.verify(name, VerifyLevel.LISTED).checks())
                .containsExactly(VerifyReport.Check.ARCHIVE_PRESENT);
        VerifyReport drill = manager.verify(name, VerifyLevel.DRILL);
        assertThat(drill.entryCounts()).isEqualTo(Map.of("orders", Map.of("items", 2L)));
        assertThat(drill.checks())
                .containsExactly(
                        VerifyReport.Check.ARCHIVE_PRESENT,
                        VerifyReport.Check.STRUCTURE,
                        VerifyReport.Check.RESTORED_COUNTS,
                        VerifyReport.Check.RESTORED_CONTENT);
    }

    @Test
    void aDrillInMemoryRefusesWhatIsTooLarge() throws IOException {
        Backup backup = manager.backupDatabase("orders");
        VerifyOptions tight = VerifyOptions.builder()
                .level(VerifyLevel.DRILL)
                .inMemoryUpTo(1_000)
                .build();

        assertThatThrownBy(() -> manager.verify(backup.objectName(), tight))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("scratch");
        assertThatThrownBy(() -> VerifyOptions.builder().inMemoryUpTo(-1)).hasMessageContaining("-1");
    }

    @Test
    void aScratchThatIsNoneIsRefusedAndLeftAlone() throws IOException {
        Backup backup = manager.backupAllDatabases();
        Database one = ScratchFactory.inMemory().create(DatabaseBackup.of("orders"));

        refused(backup, header -> null, "null");
        refused(backup, header -> header.name().equals("orders") ? orders : stock, "live database");
        refused(backup, header -> one, "made before");
        LossyDatabase full = new LossyDatabase(
                MapDatabase.builder("full-scratch")
                        .set("items", items, Codec.utf8(), Codec.utf8())
                        .build(),
                LossyDatabase.Flaw.NONE);
        refused(backup, header -> full, "has entries already");
        assertThat(full.isClosed()).as("thrown away").isFalse();
        assertThat(items).hasSize(10);
    }

    private void refused(Backup backup, ScratchFactory factory, String why) {
        VerifyOptions drill = VerifyOptions.builder()
                .level(VerifyLevel.DRILL)
                .scratch(factory)
                .build();
        assertThatThrownBy(() -> manager.verify(backup.objectName(), drill))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aScratchIsThrownAwayWhateverHappens() throws IOException {
        Backup backup = manager.backupDatabase("orders");
        List<String> discarded = new ArrayList<>();
        ScratchFactory stubborn = new ScratchFactory() {
            @Override
            public Database create(DatabaseBackup header) {
                return MapDatabase.builder("without-sets").build();
            }

            @Override
            public void discard(Database scratch) throws IOException {
                discarded.add(scratch.name());
                throw new IOException("cannot be removed on purpose");
            }
        };

        assertThatThrownBy(() -> manager.verify(
                        backup.objectName(),
                        VerifyOptions.builder()
                                .level(VerifyLevel.DRILL)
                                .scratch(stubborn)
                                .build()))
                .isNotInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("has no sets");
        assertThat(discarded).containsExactly("without-sets");
    }

    @Test
    void progressOfADrillOnlyGrows() throws IOException {
        Backup backup = manager.backupDatabase("orders");
        List<Progress> seen = new ArrayList<>();

        manager.verify(
                backup.objectName(),
                VerifyOptions.builder()
                        .level(VerifyLevel.DRILL)
                        .progress(seen::add)
                        .build());

        assertThat(seen).extracting(Progress::fraction).isSorted().endsWith(1.0);
        assertThat(seen.get(seen.size() - 1).entries()).isEqualTo(40);
    }
}
