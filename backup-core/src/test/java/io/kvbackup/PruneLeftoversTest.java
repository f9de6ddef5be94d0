package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.prune.PruneReport;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What dead writers and dead prunes have left, by the clock of the store. */
class PruneLeftoversTest extends FourBackups {
    private static final String ORPHAN = "backups/orders/2026-11-20T11:00:00.000Z.cbor.zst";

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
    void anArchiveWhoseManifestIsMissingInListingsAloneStays() throws Exception {
        List<String> before = host.keys();
        StorageClient lagging = new ForwardingStorageClient(host.storage) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                return super.list(prefix, after).filter(object -> !object.key().equals(name(1) + ".manifest.json"));
            }
        };
        host.pass(PruneHost.GRACE);
        try (BackupManager other = host.manager(lagging)) {
            assertThat(other.planPrune(PruneHost.last(9)).execute().collected()).isEmpty();
        }

        assertThat(host.keys()).isEqualTo(before);
    }

    @Test
    void aRemovalThatBrokeOffIsCompletedByAnother() throws Exception {
        put(name(0) + ".removed.2026-11-20T20:00:00.000Z");
        host.storage.delete(List.of(name(0), name(0) + ".manifest.json"));

        manager.deleteBackup(name(0));

        assertThat(host.keys()).hasSize(6).noneMatch(key -> key.startsWith(name(0)));
        assertThatThrownBy(() -> manager.deleteBackup(name(0))).isInstanceOf(NoSuchFileException.class);
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
}
