package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobOptions;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.NoSuchStoreException;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store knows that it is one: a mistyped place is not taken for an empty store. */
class StoreIdentityTest {
    private static final String KEY = "kvbackup.json";

    @TempDir
    Path folder;

    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>();

    private BackupManagerBuilder builder() {
        return BackupManager.builder()
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.utf8())
                        .build());
    }

    private BackupManager manager(Path root) throws IOException {
        return builder().storage("file:" + root).build();
    }

    @Test
    void theFirstWriterMarksTheStoreAndNobodyElseDoes() throws Exception {
        try (BackupManager first = manager(folder)) {
            first.backupDatabase("orders");
            byte[] document = Files.readAllBytes(folder.resolve(KEY));
            assertThat(new String(document, StandardCharsets.UTF_8))
                    .matches("\\{\"formatVersion\":1,\"id\":\"[0-9a-f]{32}\",\"created\":\"[^\"]+\","
                            + "\"requiredFeatures\":\\[\\]\\}");
            first.backupDatabase("orders");
            try (BackupManager second = manager(folder)) {
                second.backupDatabase("orders");
                assertThat(second.listBackups()).hasSize(3);
            }
            assertThat(Files.readAllBytes(folder.resolve(KEY))).isEqualTo(document);
        }
    }

    @Test
    void readingAPlaceThatIsNoStoreSaysSoAndMakesNone() throws Exception {
        Path mistyped = folder.resolve("bakups");
        try (BackupManager manager = manager(mistyped)) {
            for (Reading each : List.<Reading>of(
                    () -> manager.listBackups(),
                    () -> manager.listBackups("orders"),
                    () -> manager.streamBackups(BackupQuery.all()),
                    () -> manager.restoreLatest("orders"),
                    () -> manager.restoreDatabase("backups/orders/2026-11-20T12:00:00.000Z.cbor.zst"),
                    () -> manager.describe("backups/orders/2026-11-20T12:00:00.000Z.cbor.zst"),
                    () -> manager.planPrune(
                            RetentionPolicy.builder().keepLast(1).build()))) {
                assertThatThrownBy(each::run)
                        .isInstanceOf(NoSuchStoreException.class)
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContainingAll(
                                mistyped.toString(), KEY, "Nothing is there", "mistyped", "createStore");
            }
            assertThat(manager.health().storeProblem())
                    .hasValueSatisfying(problem -> assertThat(problem).contains("there is no store"));
            assertThat(mistyped).doesNotExist();
            manager.backupDatabase("orders");
            assertThat(manager.listBackups()).hasSize(1);
        }
    }

    private interface Reading {
        Object run() throws IOException;
    }

    @Test
    void whoExpectsANewStoreReadsItAsEmpty() throws Exception {
        try (BackupManager manager =
                builder().storage("file:" + folder).createStore(true).build()) {
            assertThat(manager.listBackups()).isEmpty();
            assertThat(manager.restoreLatest("orders")).isEmpty();
            assertThat(folder).isEmptyDirectory();
            manager.backupDatabase("orders");
            assertThat(folder.resolve(KEY)).exists();
        }
        try (BackupManager memory = builder().storage(new MemoryStorageClient()).build()) {
            assertThat(memory.listBackups()).isEmpty();
        }
    }

    @Test
    void whoMustNotMakeAStoreTakesNoBackupWhereThereIsNone() throws Exception {
        try (BackupManager manager = builder()
                .storage("file:" + folder.resolve("not-mounted"))
                .createStore(false)
                .build()) {
            assertThatThrownBy(() -> manager.backupDatabase("orders")).isInstanceOf(NoSuchStoreException.class);
            assertThat(folder.resolve("not-mounted")).doesNotExist();
            try (BackupManager other = manager(folder.resolve("not-mounted"))) {
                other.backupDatabase("orders");
            }
            manager.backupDatabase("orders");
            assertThat(manager.listBackups()).hasSize(2);
        }
    }

    @Test
    void theFoldersWithinAStoreAreNoticed() throws Exception {
        Path store = folder.resolve("store");
        try (BackupManager manager = manager(store)) {
            manager.backupDatabase("orders");
        }
        for (boolean marked : List.of(true, false)) {
            if (!marked) {
                Files.delete(store.resolve(KEY));
            }
            try (BackupManager tooDeep = manager(store.resolve("backups"))) {
                assertThatThrownBy(tooDeep::listBackups)
                        .isInstanceOf(NoSuchStoreException.class)
                        .hasMessageContainingAll("the folder 'backups' within a store", "1 level above");
                assertThatThrownBy(() -> tooDeep.backupDatabase("orders")).isInstanceOf(NoSuchStoreException.class);
            }
            try (BackupManager tooDeep = manager(store.resolve("backups/orders"))) {
                assertThatThrownBy(tooDeep::listBackups)
                        .isInstanceOf(NoSuchStoreException.class)
                        .hasMessageContainingAll("the folder of one database", "2 levels above");
                assertThatThrownBy(() -> tooDeep.backupDatabase("orders")).isInstanceOf(NoSuchStoreException.class);
            }
            try (BackupManager tooHigh = manager(folder)) {
                assertThatThrownBy(tooHigh::listBackups)
                        .isInstanceOf(NoSuchStoreException.class)
                        .hasMessageContaining("a store below it, in 'store/'");
            }
        }
        assertThat(store.resolve("backups").resolve(KEY)).doesNotExist();
    }

    @Test
    void aNewStoreNamedLikeOurFolderIsToldOf() throws Exception {
        try (LogLines log = new LogLines();
                BackupManager manager = manager(folder.resolve("backups"))) {
            manager.backupDatabase("orders");
            assertThat(log.warnings("backups/backups/")).hasSize(1);
        }
    }

    @Test
    void anOldStoreIsReadWithAWarningAndMarkedByItsNextWriter() throws Exception {
        try (BackupManager manager = manager(folder)) {
            manager.backupDatabase("orders");
        }
        Files.delete(folder.resolve(KEY));
        try (LogLines log = new LogLines();
                BackupManager manager =
                        builder().storage("file:" + folder).createStore(false).build()) {
            assertThat(manager.listBackups()).hasSize(1);
            assertThat(manager.restoreLatest("orders")).isPresent();
            assertThat(log.warnings("no " + KEY)).hasSize(1);
            assertThat(folder.resolve(KEY)).doesNotExist();
            manager.backupDatabase("orders");
            assertThat(folder.resolve(KEY)).exists();
        }
    }

    @Test
    void whatOnlyNewerVersionsUnderstandIsRefused() throws Exception {
        for (String document : List.of(
                "{\"formatVersion\":2,\"anything\":[]}",
                "{\"formatVersion\":1,\"id\":\"a\",\"created\":\"2026-11-20T12:00:00Z\","
                        + "\"requiredFeatures\":[\"x\"]}")) {
            Files.writeString(folder.resolve(KEY), document);
            try (BackupManager manager = manager(folder)) {
                assertThatThrownBy(manager::listBackups)
                        .isInstanceOf(CorruptBackupException.class)
                        .hasMessageContaining("newer version of this library");
                assertThatThrownBy(() -> manager.backupDatabase("orders"))
                        .isInstanceOf(CorruptBackupException.class)
                        .hasMessageContaining("newer version of this library");
            }
        }
    }

    @Test
    void whatIsNoSuchDocumentIsDamage() throws Exception {
        for (String document : List.of("", "{}", "[1]", "{\"formatVersion\":1,\"id\":\"\"}", "x".repeat(70_000))) {
            Files.writeString(folder.resolve(KEY), document);
            try (BackupManager manager = manager(folder)) {
                assertThatThrownBy(manager::listBackups)
                        .isInstanceOf(CorruptBackupException.class)
                        .hasMessageContaining(KEY);
            }
        }
    }

    @Test
    void everyPartOfAStoreAndEveryStoreThatIsCopiedToIsAStore() throws Exception {
        MemoryStorageClient whole = new MemoryStorageClient();
        StorageClient left = new PrefixedStorageClient(whole, "left/");
        StorageClient right = new PrefixedStorageClient(whole, "right/");
        FileStorageClient second = new FileStorageClient(folder);
        try (BackupManager manager = builder().storage(left).build()) {
            Backup backup = manager.backupDatabase(
                    "orders", BackupOptions.builder().alsoTo("second", second).build());
            manager.copyBackup(backup.objectName(), right);
            assertThat(keys(whole)).contains("left/" + KEY, "right/" + KEY);
            assertThat(keys(second)).contains(KEY);
            manager.planPrune(RetentionPolicy.builder().keepLast(1).build()).execute();
            manager.deleteBackup(backup.objectName());
            assertThat(keys(whole)).contains("left/" + KEY, "right/" + KEY).doesNotContain(KEY);
            assertThat(manager.listBackups()).isEmpty();
        }
        try (BackupManager copied = builder().storage(second).build()) {
            assertThat(copied.listBackups()).hasSize(1);
        }
    }

    private static List<String> keys(StorageClient store) throws IOException {
        try (var objects = store.list("")) {
            return objects.map(StorageObject::key).toList();
        }
    }

    @Test
    void manifestsTellWhoWroteThemAndWhere() throws Exception {
        for (BackupKind kind : BackupKind.values()) {
            for (boolean spool : List.of(true, false)) {
                MemoryStorageClient store = new MemoryStorageClient();
                try (BackupManager manager = builder()
                        .storage(store)
                        .kind(kind)
                        .spool(spool)
                        .jobs(JobOptions.builder().instance("till-7").build())
                        .build()) {
                    Backup backup = manager.backupDatabase("orders");
                    BackupContents.Writer writer =
                            backup.contents().orElseThrow().writer().orElseThrow();
                    assertThat(writer.instance()).isEqualTo("till-7");
                    assertThat(writer.version()).isNotBlank();
                    assertThat(writer.store())
                            .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{32}"));
                    assertThat(manager.describe(backup.objectName())
                                    .contents()
                                    .orElseThrow()
                                    .writer())
                            .contains(writer);
                }
            }
        }
    }

    @Test
    void twoWritersThatComeAtOnceAgree() throws Exception {
        // The second finds no document, and is overtaken before it writes its own.
        MemoryStorageClient store = new MemoryStorageClient();
        byte[] document = ("{\"formatVersion\":1,\"id\":\"first\",\"created\":\"2026-11-20T12:00:00Z\","
                        + "\"requiredFeatures\":[]}")
                .getBytes(StandardCharsets.UTF_8);
        StorageClient overtaken = new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.equals(KEY)) {
                    super.upload(KEY, ContentWriter.of(document), PutCondition.ifAbsent());
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager manager = builder().storage(overtaken).build()) {
            Backup backup = manager.backupDatabase("orders");
            assertThat(backup.contents().orElseThrow().writer().orElseThrow().store())
                    .contains("first");
        }
    }
}
