package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a prune plans and does, with marks that come before, meanwhile, and too late. */
class PruneTest extends FourBackups {
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
        PrunePlan stale = manager.planPrune(
                RetentionPolicy.builder().keepLast(1).keepTag("release").build());
        assertThat(stale.removed()).hasSize(3);
        manager.marks().pin(name(0));
        manager.marks().tag(name(1), "release");
        new MarkStore(host.storage).record(name(2), passed());
        Backup newer = host.backup(manager, 4);

        PruneReport report = stale.execute();

        assertThat(report.removed()).isEmpty();
        assertThat(listed()).containsExactly(newer.objectName(), name(3), name(2), name(1), name(0));
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

    /** Copies, an upload, or a clock that is behind. */
    @Test
    void whatComesBetweenTheLooksIsNoCandidateAndCounts() throws Exception {
        String old = "backups/orders/2020-01-01T00:00:00.000Z.cbor.zst";
        String young = "backups/orders/2026-11-20T15:30:00.000Z.cbor.zst";
        StorageClient busy = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.startsWith(name(0) + ".removed.")) {
                    for (String each : List.of(old, young)) {
                        put(each);
                        put(each + ".manifest.json");
                    }
                    host.storage.delete(List.of(name(3), name(3) + ".manifest.json"));
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager other = host.manager(busy)) {
            assertThat(other.planPrune(PruneHost.last(2)).execute().removed())
                    .as("the newest two are now another and number 2")
                    .hasSize(2);
        }
        assertThat(listed()).containsExactly(young, name(2), old);
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
    void aGracePeriodThatMakesNoSenseIsRefused() {
        for (Duration nonsense : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> BackupManager.builder().gracePeriod(nonsense))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(nonsense.toString());
        }
    }
}
