package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PruneTest {
    private static final String ORPHAN = "backups/orders/2026-11-20T11:00:00.000Z.cbor.zst";

    private final PruneHost host = new PruneHost();
    private final List<Backup> backups = new ArrayList<>();
    private BackupManager manager;

    @BeforeEach
    void takeFourBackups() throws IOException {
        manager = host.manager();
        for (int i = 0; i < 4; i++) {
            backups.add(host.backup(manager, i));
        }
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private String name(int number) {
        return backups.get(number).objectName();
    }

    private List<String> listed() throws IOException {
        return manager.listBackups().stream().map(Backup::objectName).toList();
    }

    private PruneReport prune(int last) throws IOException {
        return manager.planPrune(PruneHost.last(last)).execute();
    }

    private void put(String key) throws IOException {
        host.storage.upload(key, ContentWriter.of("{}".getBytes(UTF_8)), PutCondition.none());
    }

    @Test
    void aPlanSaysWhatWouldHappenAndChangesNothing() throws Exception {
        List<String> before = host.keys();

        PrunePlan plan = manager.planPrune(PruneHost.last(2));

        assertThat(plan.kept()).extracting(kept -> kept.backup().objectName()).containsExactly(name(3), name(2));
        assertThat(plan.removed()).extracting(Backup::objectName).containsExactly(name(1), name(0));
        assertThat(plan.bytesFreed())
                .isEqualTo(backups.get(0).storedBytes() + backups.get(1).storedBytes());
        assertThat(plan.toString())
                .contains("keep    " + name(3), "newest, none is verified, last 1 of 2", "remove  " + name(0))
                .endsWith("2 stay, 2 go, 0 leftovers; " + plan.bytesFreed() + " bytes will be free");
        assertThat(host.keys()).isEqualTo(before);
        assertThat(host.storage.stat("leases/prune.json")).isEmpty();
    }

    @Test
    void whatIsRemovedIsListedNoMoreAndItsDataGoesAfterTheGracePeriod() throws Exception {
        manager.marks().tag(name(0), "a");
        PruneReport first = prune(2);

        assertThat(first.removed()).extracting(Backup::objectName).containsExactly(name(1), name(0));
        assertThat(first.collected()).isEmpty();
        assertThat(listed()).containsExactly(name(3), name(2));
        assertThat(host.storage.stat(name(0))).isPresent();
        assertThatThrownBy(() -> manager.restoreDatabase(name(0)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("was removed");
        assertThatThrownBy(() -> manager.marks().pin(name(0))).isInstanceOf(NoSuchFileException.class);

        host.pass(PruneHost.GRACE.minusSeconds(1));
        assertThat(prune(2).collected()).isEmpty();
        host.pass(Duration.ofSeconds(1));
        assertThat(manager.planPrune(PruneHost.last(2)).leftovers()).containsExactly(name(0), name(1));
        PruneReport second = prune(2);

        assertThat(second.removed()).isEmpty();
        assertThat(second.collected()).containsExactly(name(0), name(1));
        assertThat(second.bytesFreed())
                .isEqualTo(backups.get(0).storedBytes() + backups.get(1).storedBytes());
        assertThat(host.keys()).hasSize(4).noneMatch(key -> key.startsWith(name(0)) || key.startsWith(name(1)));
        assertThat(host.restored(manager, name(2))).isEqualTo("2");
    }

    @Test
    void aStalePlanSparesWhatAFreshOneWouldKeep() throws Exception {
        PrunePlan stale = manager.planPrune(RetentionPolicyWithTag.POLICY);
        assertThat(stale.removed()).hasSize(3);
        manager.marks().pin(name(0));
        manager.marks().tag(name(1), RetentionPolicyWithTag.TAG);
        new MarkStore(host.storage).record(name(2), passed());
        Backup newer = host.backup(manager, 4);

        PruneReport report = stale.execute();

        assertThat(report.removed()).isEmpty();
        assertThat(listed()).containsExactly(newer.objectName(), name(3), name(2), name(1), name(0));
    }

    private static final class RetentionPolicyWithTag {
        static final String TAG = "release";
        static final io.kvbackup.retention.RetentionPolicy POLICY = io.kvbackup.retention.RetentionPolicy.builder()
                .keepLast(1)
                .keepTag(TAG)
                .build();
    }

    private Verification passed() {
        return new Verification(VerifyLevel.DIGEST, host.clock.instant(), Duration.ofMillis(1), true);
    }

    @Test
    void aStalePlanDoesNotRemoveTheLastGoodOne() throws Exception {
        PrunePlan stale = manager.planPrune(PruneHost.last(1));
        manager.deleteBackup(name(3));

        stale.execute();

        assertThat(listed()).containsExactly(name(2));
        prune(1);
        assertThat(listed()).containsExactly(name(2));
    }

    @Test
    void aPinThatComesBetweenTombstoneAndManifestIsNoticed() throws Exception {
        StorageClient pinning = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                if (key.startsWith(name(0) + ".removed.")) {
                    host.storage.upload(name(0) + ".pinned", ContentWriter.of(new byte[0]), PutCondition.none());
                }
                return written;
            }
        };
        try (BackupManager other = host.manager(pinning)) {
            assertThat(other.planPrune(PruneHost.last(2)).execute().removed()).hasSize(1);
        }
        assertThat(listed()).containsExactly(name(3), name(2), name(0));
        assertThat(host.keys()).noneMatch(key -> key.startsWith(name(0) + ".removed."));
    }

    @Test
    void aPinOutlastsAPruneThatHasDied() throws Exception {
        put(name(0) + ".removed.2026-11-20T20:00:00.000Z");

        manager.marks().pin(name(0));

        assertThat(host.keys()).contains(name(0) + ".pinned").noneMatch(key -> key.contains(".removed."));
        prune(1);
        assertThat(listed()).containsExactly(name(3), name(0));
    }

    @Test
    void aManifestThatCameTooLateForItsArchiveIsCollectedWithItsTombstone() throws Exception {
        put(name(0) + ".removed.2026-11-20T20:00:00.000Z");
        host.storage.delete(List.of(name(0)));
        host.storage.delete(List.of(name(1)));
        prune(9);
        assertThat(host.keys()).contains(name(0) + ".manifest.json");
        host.pass(PruneHost.GRACE);

        prune(9);

        assertThat(host.keys())
                .noneMatch(key -> key.startsWith(name(0)))
                .as("nobody has removed this one: it is damaged, and must be seen to be")
                .contains(name(1) + ".manifest.json");
    }

    @Test
    void aTombstoneOnABackupThatStaysIsTakenAway() throws Exception {
        put(name(3) + ".removed.2026-11-20T20:00:00.000Z");
        assertThat(listed()).contains(name(3));
        host.pass(PruneHost.GRACE);

        prune(2);

        assertThat(listed()).containsExactly(name(3), name(2));
        assertThat(host.keys()).doesNotContain(name(3) + ".removed.2026-11-20T20:00:00.000Z");
    }

    @Test
    void remainsOfDeadWritersGoAfterTheGracePeriodAndNothingElse() throws Exception {
        String tag = ORPHAN + ".tag.a";
        String pinned = "backups/orders/2026-11-20T10:00:00.000Z.json";
        List<String> foreign = List.of(
                "backups/orders/20260321-101500.json",
                "backups/orders/2026-11-20T09:00:00Z.json",
                "backups/orders/notes.txt");
        put(ORPHAN);
        put(tag);
        put(pinned);
        put(pinned + ".pinned");
        foreign.forEach(key -> {
            try {
                put(key);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        put("backups/orders/2026-11-20T08:00:00.000Z.json.tag.lonely");
        put("elsewhere/2026-11-20T08:00:00.000Z.json");

        host.pass(PruneHost.GRACE.minusMinutes(1));
        assertThat(prune(9).collected()).isEmpty();
        assertThat(host.keys()).contains(ORPHAN, tag).hasSize(8 + 4 + 3 + 1);
        host.pass(Duration.ofMinutes(1));
        assertThat(manager.planPrune(PruneHost.last(9)).leftovers()).containsExactly(ORPHAN);
        PruneReport report = prune(9);

        assertThat(report.collected()).containsExactly(ORPHAN);
        assertThat(report.removed()).isEmpty();
        assertThat(host.keys()).hasSize(8 + 2 + 3).contains(pinned).containsAll(foreign);
        assertThat(host.storage.stat("elsewhere/2026-11-20T08:00:00.000Z.json")).isPresent();
    }

    @Test
    void aWriterThatWasTakenForDeadSaysSo() throws Exception {
        StorageClient slow = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".manifest.json")) {
                    host.pass(PruneHost.GRACE);
                    assertThat(manager.planPrune(PruneHost.last(9)).execute().collected())
                            .hasSize(1);
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager other = host.manager(slow)) {
            assertThatThrownBy(() -> other.backupDatabase("orders"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("grace period");
        }
        assertThat(listed()).hasSize(4);
        assertThat(host.keys()).hasSize(8);
    }

    /** The store's times decide, so a local clock that is ahead by years makes nothing old. */
    @Test
    void aWrongLocalClockMakesNothingOld() throws Exception {
        put(ORPHAN);
        TestClock wrong = new TestClock(host.clock.instant().plus(Duration.ofDays(9_999)));
        try (BackupManager skewed =
                BackupManager.builder().storage(host.storage).clock(wrong).build()) {
            PruneReport report = skewed.planPrune(PruneHost.last(1)).execute();
            assertThat(report.removed()).hasSize(3);
            assertThat(report.collected()).isEmpty();
            assertThat(skewed.planPrune(PruneHost.last(1)).execute().collected())
                    .isEmpty();
        }
        assertThat(host.storage.stat(ORPHAN)).isPresent();
        assertThat(host.storage.stat(name(0))).isPresent();
    }

    /** T10: a restore that has begun ends, although its backup is removed meanwhile. */
    @Test
    void aRestoreThatIsRunningEnds() throws Exception {
        StorageClient pruned = new ForwardingStorageClient(host.storage) {
            @Override
            public InputStream download(StorageObject version, io.kvbackup.storage.ByteRange range) throws IOException {
                if (version.key().equals(name(0))) {
                    assertThat(prune(1).removed()).hasSize(3);
                }
                return super.download(version, range);
            }
        };
        try (BackupManager other = host.manager(pruned)) {
            assertThat(host.restored(other, name(0))).isEqualTo("0");
        }
        assertThat(listed()).containsExactly(name(3));
    }

    /** T10: one that outlasts even the grace period says so and changes nothing. */
    @Test
    void aRestoreThatIsTooLateFailsClearly() throws Exception {
        StorageClient gone = new ForwardingStorageClient(host.storage) {
            @Override
            public InputStream download(StorageObject version, io.kvbackup.storage.ByteRange range) throws IOException {
                if (version.key().equals(name(0))) {
                    prune(1);
                    host.pass(PruneHost.GRACE);
                    prune(1);
                }
                return super.download(version, range);
            }
        };
        host.notes.put("number", "live");
        try (BackupManager other = host.manager(gone)) {
            assertThatThrownBy(() -> other.restoreDatabase(name(0)))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(name(0));
        }
        assertThat(host.notes).containsEntry("number", "live");
    }

    @Test
    void theLatestIsRestoredEvenIfOneIsRemovedUnderIt() throws Exception {
        AtomicReference<String> victim = new AtomicReference<>(name(3));
        StorageClient racing = new ForwardingStorageClient(host.storage) {
            @Override
            public InputStream download(String key, io.kvbackup.storage.ByteRange range) throws IOException {
                return super.download(key, range);
            }

            @Override
            public java.util.stream.Stream<StorageObject> list(String prefix, String after) throws IOException {
                String name = victim.get();
                if (name != null && prefix.equals(name)) {
                    victim.set(null);
                    manager.deleteBackup(name);
                }
                return super.list(prefix, after);
            }
        };
        try (BackupManager other = host.manager(racing)) {
            assertThat(other.restoreLatest("orders").orElseThrow().objectName()).isEqualTo(name(2));
        }
        assertThat(host.notes).containsEntry("number", "2");
    }

    @Test
    void oneAtATime() throws Exception {
        LeaseTime frozen = new LeaseTime(host.clock, () -> 0, pause -> {});
        LeaseStore leases = new LeaseStore(host.storage, frozen, new Random(1));
        var held = leases.tryAcquire("prune", Duration.ofSeconds(30)).orElseThrow();
        StorageClient renewing = new ForwardingStorageClient(host.storage) {
            @Override
            public java.util.Optional<StorageObject> stat(String key) throws IOException {
                if (key.equals("leases/prune.json") && held.isHeld()) {
                    held.renew();
                }
                return super.stat(key);
            }
        };
        try (BackupManager other = host.manager(renewing)) {
            PrunePlan plan = other.planPrune(PruneHost.last(1));
            // The other's clock stands still, so that it never loses the lease by itself.
            TestClock clock = host.clock;
            Instant before = clock.instant();
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("prune");
            assertThat(Duration.between(before, clock.instant())).isLessThan(Duration.ofMinutes(2));
        }
        assertThat(listed()).hasSize(4);
    }

    @Test
    void aPruneThatIsHeldUpStopsBeforeItRemovesAnything() throws Exception {
        StorageClient slow = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                if (key.contains(".removed.")) {
                    host.pass(Duration.ofMinutes(5));
                }
                return written;
            }

            @Override
            public void delete(Collection<String> keys) throws IOException {
                assertThat(keys).isEmpty();
            }
        };
        try (BackupManager other = host.manager(slow)) {
            PrunePlan plan = other.planPrune(PruneHost.last(1));
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("lost");
        }
        assertThat(listed()).hasSize(4);
        assertThat(prune(1).removed()).hasSize(3);
    }

    /** The lease is lost while a delete hangs: the next attempt must not take what somebody has kept meanwhile. */
    @Test
    void aDeleteIsNotRepeatedWhenTheLeaseIsLost() throws Exception {
        List<String> sent = new ArrayList<>();
        StorageClient hanging = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                sent.addAll(keys);
                if (sent.size() == keys.size()) {
                    host.pass(Duration.ofSeconds(31));
                    manager.marks().pin(name(0));
                    throw new IOException("connection reset");
                }
                super.delete(keys);
            }
        };
        try (BackupManager other = host.manager(hanging)) {
            PrunePlan plan = other.planPrune(PruneHost.last(3));
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("lost");
        }
        assertThat(sent).containsExactly(name(0) + ".manifest.json");
        assertThat(host.keys()).contains(name(0) + ".manifest.json", name(0) + ".pinned");
        assertThat(host.restored(manager, name(0))).isEqualTo("0");
    }

    @Test
    void aPinThatComesTooLateForAPruneThatHasDiedSaysSo() throws Exception {
        put(name(0) + ".removed.2026-11-20T20:00:00.000Z");
        StorageClient late = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                super.delete(keys);
                super.delete(List.of(name(0) + ".manifest.json"));
            }
        };
        try (BackupManager other = host.manager(late)) {
            assertThatThrownBy(() -> other.marks().pin(name(0)))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("arrived late");
        }
    }

    @Test
    void aDeleteThatFailsIsRepeatedWhileTheLeaseIsHeld() throws Exception {
        AtomicReference<String> failure = new AtomicReference<>("connection reset");
        StorageClient failing = new ForwardingStorageClient(host.storage) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                String reason = failure.getAndSet(null);
                if (reason != null) {
                    throw new IOException(reason);
                }
                super.delete(keys);
            }
        };
        try (BackupManager other = host.manager(failing)) {
            assertThat(other.planPrune(PruneHost.last(3)).execute().removed()).hasSize(1);
        }
        assertThat(listed()).hasSize(3);
    }

    @Test
    void aGracePeriodThatMakesNoSenseIsRefused() {
        for (Duration nonsense : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> BackupManager.builder().gracePeriod(nonsense))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(nonsense.toString());
        }
    }
}
