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
                new Mark.Verified(new Verification(VerifyLevel.LISTED, AT, Duration.ZERO, false)),
                new Mark.Verified(new Verification(VerifyLevel.DIGEST, AT, Duration.ZERO, true, 1)),
                new Mark.Verified(new Verification(VerifyLevel.DIGEST, AT, Duration.ZERO, false, Mark.MAX_SEQUENCE)))) {
            String key = mark.key(archive);

            assertThat(Mark.parse(key)).contains(new Mark.Named(archive, mark));
            assertThat(BackupName.parse(key)).isEmpty();
        }
        assertThat(Mark.parse(archive)).isEmpty();
        assertThat(Mark.parse(BackupName.manifestName(archive))).isEmpty();
    }

    @Test
    void aMarkOfAnAbsurdClockCanBeRead() {
        for (Instant absurd : List.of(Instant.MIN, Instant.MAX, Instant.parse("-0001-12-31T23:59:59.999Z"))) {
            for (Mark mark : List.of(
                    new Mark.Removed(absurd),
                    new Mark.Verified(new Verification(VerifyLevel.DRILL, absurd, Duration.ZERO, false, 3)))) {
                assertThat(Mark.parse(mark.key("backups/a/2026-11-20T12:00:00.000Z.json")))
                        .isPresent();
            }
        }
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
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z.7.0",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z.7.01",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z.7.1000000000",
                "backups/orders/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z",
                "backups/orders/2026-11-20T12:00:00.000Z.json.failed.DRILL.2026-11-20T12:00:00.000Z."
                        + "99999999999999999999"
            })
    void otherNamesAreNoMarks(String key) {
        assertThat(Mark.parse(key)).isEmpty();
    }

    private static Verification verification(VerifyLevel level, boolean passed, long sequence, long hoursOff) {
        return new Verification(level, AT.plus(Duration.ofHours(hoursOff)), Duration.ZERO, passed, sequence);
    }

    private static BackupMarks marks(Verification... verifications) {
        return new BackupMarks(false, Set.of(), List.of(verifications));
    }

    @Test
    void namesWithoutNumberAreThoseOfOlderVersions() {
        Mark.Named named = Mark.parse(
                        "backups/a/2026-11-20T12:00:00.000Z.json.verified.DRILL.2026-11-20T12:00:00.000Z.7")
                .orElseThrow();

        assertThat(((Mark.Verified) named.mark()).verification().sequence()).isZero();
        assertThat(new Mark.Verified(verification(VerifyLevel.DRILL, true, 12, 0)).suffix())
                .endsWith("Z.0.12");
    }

    @Test
    void ofTwoVerificationsWithOneNumberTheOneThatFoundDamageCountsWhateverClocksSay() {
        for (long number : new long[] {0, 7}) {
            for (long hours : new long[] {-3, 0, 3, 24 * 365 * 10}) {
                Verification good = verification(VerifyLevel.DIGEST, true, number, hours);
                Verification bad = verification(VerifyLevel.DIGEST, false, number, 0);

                assertThat(marks(bad, good).lastVerification()).contains(bad);
                assertThat(marks(bad, good).isVerified()).isFalse();
                assertThat(marks(bad, good).isDamaged()).isTrue();
            }
        }
    }

    /** Every pair of verifications, against the rule in words. */
    @Test
    void damageCountsUntilALaterVerificationOfAtLeastItsLevelPasses() {
        for (VerifyLevel badLevel : VerifyLevel.values()) {
            for (VerifyLevel goodLevel : VerifyLevel.values()) {
                for (long number = 1; number <= 3; number++) {
                    for (long hours : new long[] {-24 * 365, 0, 24 * 365}) {
                        BackupMarks marks = marks(
                                verification(badLevel, false, 2, 0), verification(goodLevel, true, number, hours));
                        boolean overruled = number > 2 && goodLevel.compareTo(badLevel) >= 0;

                        assertThat(marks.isDamaged())
                                .as("failed %s 2, passed %s %d", badLevel, goodLevel, number)
                                .isEqualTo(!overruled);
                        assertThat(marks.isVerified())
                                .isEqualTo(overruled && goodLevel.compareTo(VerifyLevel.DIGEST) >= 0);
                    }
                }
            }
        }
    }

    @Test
    void onlyReadingAllOfABackupVerifiesIt() {
        Verification listed = verification(VerifyLevel.LISTED, true, 1, 0);
        Verification digest = verification(VerifyLevel.DIGEST, true, 2, -5);

        assertThat(marks(listed).isVerified()).isFalse();
        assertThat(marks(listed, digest).isVerified()).isTrue();
        assertThat(marks(digest, verification(VerifyLevel.LISTED, false, 1, 9)).isVerified())
                .isTrue();
        assertThat(marks(digest, verification(VerifyLevel.LISTED, false, 3, -9)).isVerified())
                .isFalse();
    }
}
