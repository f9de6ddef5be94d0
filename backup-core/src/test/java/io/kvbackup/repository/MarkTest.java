package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {
    private static final Instant AT = Instant.parse("2026-11-20T12:00:00.123Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backups/orders/2026-11-20T12:00:00.000Z.cbor.zst",
                "backups/orders/20260321-101500.json",
                "backups/a.pinned/2026-11-20T12:00:00+01:00.tar",
                "backups/a.tag.b/2026-11-20T12:00:00.000Z.json.gz",
                "backups/x\ny/2026-11-20T12:00:00.000Z.json",
                "backups/x.manifest.json/2026-11-20T12:00:00.000Z.json"
            })
    void everyMarkIsReadBack(String archive) {
        for (Mark mark : List.of(
                new Mark.Pinned(),
                new Mark.Tag("v1.2_x-3"),
                new Mark.Tag("gz"),
                new Mark.Tag("a.pinned"),
                new Mark.Tag("a.tag.b"),
                new Mark.Tag("x.manifest.json"),
                new Mark.Removed(AT),
                new Mark.Verified(new Verification(VerifyLevel.DRILL, AT, Duration.ofMillis(5), true)),
                new Mark.Verified(new Verification(VerifyLevel.LISTED, AT, Duration.ZERO, false)))) {
            String key = mark.key(archive);

            assertThat(Mark.parse(key)).contains(new Mark.Named(archive, mark));
            assertThat(BackupName.parse(key)).isEmpty();
        }
        assertThat(Mark.parse(archive)).isEmpty();
        assertThat(Mark.parse(BackupName.manifestName(archive))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".pinned",
                "backups/orders/x.json.pinned",
                "backups/orders/2026-11-20T12:00:00.000Z.json.pinned.pinned",
                "backups/orders/2026-11-20T12:00:00.000Z.json.tag.",
                "backups/orders/2026-11-20T12:00:00.000Z.json.tag.a b",
                "backups/orders/2026-11-20T12:00:00.000Z.json.removed.2026-11-20T12:00:00Z",
                "backups/orders/2026-11-20T12:00:00.000Z.json.removed.2026-13-20T12:00:00.000Z",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.MAGIC.2026-11-20T12:00:00.000Z.1",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z.007",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z",
                "backups/orders/2026-11-20T12:00:00.000Z.json.failed.DRILL.2026-11-20T12:00:00.000Z.99999999999999999999"
            })
    void otherNamesAreNoMarks(String key) {
        assertThat(Mark.parse(key)).isEmpty();
    }

    @Test
    void ofTwoVerificationsAtOneMomentTheOneThatFoundDamageCounts() {
        Verification good = new Verification(VerifyLevel.DIGEST, AT, Duration.ZERO, true);
        Verification bad = new Verification(VerifyLevel.DIGEST, AT, Duration.ZERO, false);

        BackupMarks marks = new BackupMarks(false, Set.of(), List.of(bad, good));

        assertThat(marks.lastVerification()).contains(bad);
        assertThat(marks.isVerified()).isFalse();
    }

    @Test
    void onlyReadingAllOfABackupVerifiesIt() {
        Verification listed = new Verification(VerifyLevel.LISTED, AT, Duration.ZERO, true);
        Verification digest = new Verification(VerifyLevel.DIGEST, AT.plusMillis(2), Duration.ZERO, true);
        Verification later = new Verification(VerifyLevel.LISTED, AT.plusMillis(3), Duration.ZERO, false);
        Verification earlier = new Verification(VerifyLevel.LISTED, AT.plusMillis(1), Duration.ZERO, false);

        assertThat(new BackupMarks(false, Set.of(), List.of(listed)).isVerified())
                .isFalse();
        assertThat(new BackupMarks(false, Set.of(), List.of(listed, digest)).isVerified())
                .isTrue();
        assertThat(new BackupMarks(false, Set.of(), List.of(digest, earlier)).isVerified())
                .isTrue();
        assertThat(new BackupMarks(false, Set.of(), List.of(digest, later)).isVerified())
                .isFalse();
    }
}
