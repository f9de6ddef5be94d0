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
 * What is remembered beside a backup. Marks are names of empty objects in the store, so every listing tells them.
 *
 * @param pinned whether the backup stays until it is unpinned or deleted by name, whatever a retention policy says
 * @param tags names that the host gave it, in alphabetical order
 * @param verifications the last verification of each level that there was, newest first
 */
public record BackupMarks(boolean pinned, Set<String> tags, List<Verification> verifications) {
    private static final Comparator<Verification> OLDEST_FIRST = Comparator.comparing(Verification::at)
            // Of two at one moment the one that found damage counts.
            .thenComparing(Verification::passed, Comparator.reverseOrder())
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

    /** Whether all of it was once read and found good ({@link VerifyLevel#DIGEST} or higher), and never found damaged since. */
    public boolean isVerified() {
        Optional<Instant> good = verifications.stream()
                .filter(verification -> verification.passed() && verification.level() != VerifyLevel.LISTED)
                .map(Verification::at)
                .findFirst();
        return good.isPresent()
                && verifications.stream()
                        .noneMatch(verification ->
                                !verification.passed() && !verification.at().isBefore(good.get()));
    }

    /** Whether a verification found damage, and none of that level or a higher one has found the backup good since. */
    public boolean isDamaged() {
        return verifications.stream()
                .filter(verification -> !verification.passed())
                .anyMatch(failed -> verifications.stream()
                        .noneMatch(other -> other.passed()
                                && other.level().compareTo(failed.level()) >= 0
                                && other.at().isAfter(failed.at())));
    }
}
