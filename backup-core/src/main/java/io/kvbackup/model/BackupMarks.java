package io.kvbackup.model;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the store remembers beside a backup. Marks are names of empty objects, so every listing shows them.
 *
 * @param pinned whether the backup stays until it is unpinned or deleted by name, whatever a retention policy says
 * @param tags names that the host gave it, in alphabetical order
 * @param verifications the last verification of each level that was tried, newest first;
 *     {@link Verification#sequence()} tells the order, never a clock. Where two have the same number, the one that
 *     found damage counts as the later
 */
public record BackupMarks(boolean pinned, Set<String> tags, List<Verification> verifications) {
    private static final Comparator<Verification> OLDEST_FIRST = Comparator.comparingLong(Verification::sequence)
            // If two have the same number, nobody knows which came first: damage counts until a later one says
            // otherwise.
            .thenComparing(Verification::passed, Comparator.reverseOrder())
            .thenComparing(Verification::at)
            .thenComparing(Verification::level);

    // After the order, which its constructor needs.
    /** Not pinned, no tags, never verified. */
    public static final BackupMarks NONE = new BackupMarks(false, Set.of(), List.of());

    public BackupMarks {
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
        verifications = lastOfEachLevel(verifications);
    }

    private static List<Verification> lastOfEachLevel(Collection<Verification> all) {
        Map<VerifyLevel, Verification> last = new EnumMap<>(VerifyLevel.class);
        all.stream().sorted(OLDEST_FIRST).forEach(verification -> last.put(verification.level(), verification));
        return last.values().stream().sorted(OLDEST_FIRST.reversed()).toList();
    }

    /** The last verification of any level, passed or not. */
    public Optional<Verification> lastVerification() {
        return verifications.stream().findFirst();
    }

    /** The last verification of one level, passed or not. */
    public Optional<Verification> lastVerification(VerifyLevel level) {
        return verifications.stream()
                .filter(verification -> verification.level() == level)
                .findFirst();
    }

    /** When the backup last passed a verification of any level. */
    public Optional<Instant> lastVerifiedAt() {
        return verifications.stream()
                .filter(Verification::passed)
                .map(Verification::at)
                .findFirst();
    }

    /**
     * Whether a verification has read all of it and found it good ({@link VerifyLevel#DIGEST} or higher), and it is not
     * known as damaged.
     */
    public boolean isVerified() {
        return !isDamaged()
                && verifications.stream()
                        .anyMatch(verification ->
                                verification.passed() && verification.level().compareTo(VerifyLevel.DIGEST) >= 0);
    }

    /** Whether a verification found damage, and no later one of that level or a higher one has passed. */
    public boolean isDamaged() {
        return verifications.stream()
                .filter(verification -> !verification.passed())
                .anyMatch(failed -> verifications.stream().noneMatch(other -> overrules(other, failed)));
    }

    private static boolean overrules(Verification good, Verification failed) {
        return good.passed() && good.level().compareTo(failed.level()) >= 0 && good.sequence() > failed.sequence();
    }

    /** The number for a verification that begins now, after all of these. */
    public long nextSequence() {
        return 1
                + verifications.stream().mapToLong(Verification::sequence).max().orElse(0);
    }
}
