package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.copy.CopyReport;
import io.kvbackup.copy.CopyReport.Way;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.file.FileStorageClient;
import io.kvbackup.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy is there whole and equal, or not at all. */
class CopyTest {
    private static final Map<String, String> CONTENT = Map.of("a", "1", "b", "2");

    private final ConcurrentMap<String, String> live = new ConcurrentSkipListMap<>(CONTENT);
    private final MemoryStorageClient source = new MemoryStorageClient();
    private final MemoryStorageClient target = new MemoryStorageClient();

    private BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build())
                .database(MapDatabase.builder("moved")
                        .set("items", moved, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    private final ConcurrentMap<String, String> moved = new ConcurrentSkipListMap<>();

    private static byte[] read(StorageClient store, String key) throws IOException {
        try (InputStream in = store.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    @Test
    void aCopyIsEqualRestoresAndCarriesPinAndTagsButNoVerification(@TempDir Path folder) throws IOException {
        try (BackupManager here = manager(source);
                StorageClient elsewhere = new FileStorageClient(folder);
                BackupManager there = manager(elsewhere)) {
            Backup backup = here.backupDatabase("orders");
            here.verify(backup.objectName());
            here.marks().pin(backup.objectName());
            here.marks().tag(backup.objectName(), "release");

            CopyReport report = here.copyBackup(backup.objectName(), elsewhere);

            assertThat(report.way()).isEqualTo(Way.THROUGH_THIS_PROCESS);
            Backup copy = there.listBackups("orders").get(0);
            assertThat(copy.hasManifest()).isTrue();
            assertThat(copy.isPinned()).isTrue();
            assertThat(copy.tags()).containsExactly("release");
            assertThat(copy.marks().verifications()).isEmpty();
            assertThat(report.backup().marks()).isEqualTo(copy.marks());
            for (String suffix : List.of("", ".manifest.json")) {
                assertThat(read(elsewhere, copy.objectName() + suffix))
                        .isEqualTo(read(source, backup.objectName() + suffix));
            }
            live.clear();
            there.restoreLatest("orders");
            assertThat(live).isEqualTo(CONTENT);

            assertThat(here.copyBackup(backup.objectName(), elsewhere).way())
                    .as("a second time")
                    .isEqualTo(Way.WAS_THERE);
        }
    }

    @Test
    void anArchiveWithoutManifestIsCopiedToo() throws IOException {
        String name = "backups/orders/2026-11-20T12:00:00Z.json";
        source.upload(
                name, ContentWriter.of("{\"name\":\"orders\"}".getBytes(StandardCharsets.UTF_8)), PutCondition.none());
        try (BackupManager here = manager(source)) {
            assertThat(here.copyBackup(name, target).way()).isEqualTo(Way.THROUGH_THIS_PROCESS);
            assertThat(here.copyBackup(name, target).way()).isEqualTo(Way.WAS_THERE);
        }
        assertThat(read(target, name)).isEqualTo(read(source, name));
    }

    @Test
    void partsOfOneStoreAreCopiedInsideIt() throws IOException {
        CountingStorageClient bucket = new CountingStorageClient(source);
        StorageClient b = new PrefixedStorageClient(bucket, "b/");
        try (BackupManager a = manager(new PrefixedStorageClient(bucket, "a/"))) {
            Backup backup = a.backupDatabase("orders");
            bucket.reset();

            assertThat(a.copyBackup(backup.objectName(), b).way()).isEqualTo(Way.INSIDE_THE_STORE);

            assertThat(bucket.count(StorageOperation.COPY)).isEqualTo(1);
            assertThat(bucket.count(StorageOperation.UPLOAD))
                    .as("the manifest, and what says that this is a store")
                    .isEqualTo(2);
        }
        try (BackupManager there = manager(b)) {
            assertThat(there.verify(there.listBackups("orders").get(0).objectName())
                            .passed())
                    .isTrue();
        }
    }

    @Test
    void aSourceDamagedInTheStoreIsNotCopiedInsideItEither() throws IOException {
        StorageClient b = new PrefixedStorageClient(source, "b/");
        try (BackupManager a = manager(new PrefixedStorageClient(source, "a/"))) {
            Backup backup = a.backupDatabase("orders");
            damage("a/" + backup.objectName());

            assertThatThrownBy(() -> a.copyBackup(backup.objectName(), b)).isInstanceOf(CorruptBackupException.class);
        }
        assertThat(b.list("")).isEmpty();
    }

    private void damage(String key) throws IOException {
        byte[] bytes = read(source, key);
        bytes[bytes.length / 2] ^= 1;
        source.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }

    @Test
    void aDamagedBackupIsNotCopied() throws IOException {
        try (BackupManager here = manager(source)) {
            Backup backup = here.backupDatabase("orders");
            damage(backup.objectName());

            assertThatThrownBy(() -> here.copyBackup(backup.objectName(), target))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("not copied");
        }
        assertThat(target.list("backups/")).isEmpty();
    }

    @Test
    void aTargetThatChangesWhatItIsGivenIsFoundOut() throws IOException {
        StorageClient lying = new ForwardingStorageClient(target) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                return super.upload(
                        key,
                        out -> {
                            content.writeTo(out);
                            out.write(' ');
                        },
                        condition);
            }
        };
        try (BackupManager here = manager(source)) {
            Backup backup = here.backupDatabase("orders");
            assertThatThrownBy(() -> here.copyBackup(backup.objectName(), lying))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("removed again");
        }
        assertThat(target.list("backups/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".manifest.json"})
    void somethingElseOfThatNameStays(String suffix) throws IOException {
        try (BackupManager here = manager(source)) {
            Backup backup = here.backupDatabase("orders");
            target.upload(backup.objectName() + suffix, ContentWriter.of(new byte[] {1, 2}), PutCondition.none());

            assertThatThrownBy(() -> here.copyBackup(backup.objectName(), target))
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining("another backup is there")
                    .hasMessageContaining(backup.objectName());
            assertThat(read(target, backup.objectName() + suffix)).containsExactly(1, 2);
            try (var objects = target.list("")) {
                assertThat(objects).hasSize(1);
            }
        }
    }

    /** A prune of the target takes an archive that waits too long for its manifest for the remains of a dead writer. */
    @Test
    void anArchiveThatAPruneTakesMeanwhileIsNoticed() throws IOException {
        StorageClient pruned = new ForwardingStorageClient(target) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".manifest.json")) {
                    super.delete(List.of(key.substring(0, key.length() - ".manifest.json".length())));
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager here = manager(source)) {
            Backup backup = here.backupDatabase("orders");
            assertThatThrownBy(() -> here.copyBackup(backup.objectName(), pruned))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("grace period");
        }
        assertThat(target.list("backups/")).isEmpty();
    }

    @Test
    void theOwnStoreIsNoTargetAndUnknownNamesAreSaidToBe() throws IOException {
        StorageClient part = new PrefixedStorageClient(source, "a/");
        try (BackupManager here = manager(source);
                BackupManager inPart = manager(part)) {
            Backup backup = here.backupDatabase("orders");
            assertThatThrownBy(() -> here.copyBackup(backup.objectName(), source))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("where it is");
            Backup other = inPart.backupDatabase("orders");
            assertThatThrownBy(() -> inPart.copyBackup(other.objectName(), new PrefixedStorageClient(source, "a/")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> here.copyBackup("backups/orders/2020-01-01T00:00:00.000Z.cbor", target))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    /** Which side's requests are counted, and end the process. */
    private enum Side {
        SOURCE,
        TARGET,
        BOTH_IN_ONE_STORE
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whateverRequestIsTheLastTheTargetHasNoHalfBackupAndTheNextCopyCompletesIt(Side side) throws IOException {
        int requests = copyAndDie(side, Integer.MAX_VALUE, Moment.BEFORE);
        assertThat(requests).isGreaterThan(1);
        for (Moment moment : Moment.values()) {
            for (int request = 1; request <= requests; request++) {
                copyAndDie(side, request, moment);
            }
        }
    }

    private int copyAndDie(Side side, int request, Moment moment) throws IOException {
        StorageClient from = new MemoryStorageClient();
        StorageClient to = new MemoryStorageClient();
        if (side == Side.BOTH_IN_ONE_STORE) {
            from = new PrefixedStorageClient(to, "from/");
        }
        Backup backup;
        try (BackupManager healthy = manager(from)) {
            backup = healthy.backupDatabase("orders");
            healthy.marks().pin(backup.objectName());
            healthy.marks().tag(backup.objectName(), "t");
        }
        CountingStorageClient dying =
                new CountingStorageClient(side == Side.SOURCE ? from : to).crashAt(request, moment);
        StorageClient dyingFrom = switch (side) {
            case SOURCE -> dying;
            case TARGET -> from;
            case BOTH_IN_ONE_STORE -> new PrefixedStorageClient(dying, "from/");
        };
        StorageClient dyingTo =
                side == Side.SOURCE ? to : side == Side.TARGET ? dying : new PrefixedStorageClient(dying, "to/");
        StorageClient seen = side == Side.BOTH_IN_ONE_STORE ? new PrefixedStorageClient(to, "to/") : to;
        BackupManager mortal = manager(dyingFrom);
        Throwable death = catchThrowable(() -> mortal.copyBackup(backup.objectName(), dyingTo));
        if (request == Integer.MAX_VALUE) {
            assertThat(death).isNull();
            return dying.total();
        }
        String what = side + ", killed " + moment + " request " + request;
        assertThat(death).as(what).isInstanceOf(Crash.class);
        try (BackupManager here = manager(from);
                BackupManager there = manager(seen)) {
            for (Backup copy : there.listBackups()) {
                there.verify(
                        copy.objectName(),
                        VerifyOptions.builder().remember(false).build());
            }
            here.copyBackup(backup.objectName(), seen);
            Backup copy = there.describe(backup.objectName());
            assertThat(copy.hasManifest()).as(what).isTrue();
            assertThat(copy.isPinned()).as(what).isTrue();
            assertThat(copy.tags()).as(what).containsExactly("t");
            there.verify(copy.objectName());
        }
        return dying.total();
    }

    @Test
    void migrationRestoresUnderAnotherNameInTheOtherInstance() throws IOException {
        StorageClient other = new PrefixedStorageClient(source, "instances/two/");
        try (BackupManager one = manager(source);
                BackupManager two = manager(other)) {
            Backup backup = one.backupDatabase("orders");

            Backup restored = one.migrate(
                    backup.objectName(),
                    two,
                    RestoreOptions.builder().as("moved").ifAbsent(true).build());

            assertThat(restored.objectName()).isEqualTo(backup.objectName());
            assertThat(moved).isEqualTo(CONTENT);
            assertThat(two.listBackups("orders")).hasSize(1);
            assertThatThrownBy(() -> one.migrate(
                            backup.objectName(),
                            two,
                            RestoreOptions.builder().as("moved").ifAbsent(true).build()))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
    }
}
