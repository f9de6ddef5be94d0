package io.kvbackup.verify;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupTable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The result of verifying all backups that were due.
 *
 * @param passed backups that were found good
 * @param failed backups that were found damaged, or could not be verified
 * @param skipped backups that were due too, but there was no time left
 * @param lost names of backups that have a manifest and no archive, due or not: damaged beyond repair
 * @param took how long it took
 */
public record VerifyDueReport(
        List<VerifyReport> passed, List<Failure> failed, List<Backup> skipped, List<String> lost, Duration took) {
    public VerifyDueReport {
        passed = List.copyOf(passed);
        failed = List.copyOf(failed);
        skipped = BackupTable.unchanging(skipped);
        lost = List.copyOf(lost);
        Objects.requireNonNull(took, "took");
    }

    /**
     * A backup that did not pass.
     *
     * @param backup as it was listed
     * @param damaged {@code true} if it is not what was written or does not restore; {@code false} if that is not
     *     known, because the store or the scratch database failed
     * @param message what went wrong
     */
    public record Failure(Backup backup, boolean damaged, String message) {}

    /** Whether all verified backups are good, and no archive is gone. Some backups may have been skipped. */
    public boolean isGood() {
        return failed.isEmpty() && lost.isEmpty();
    }

    /** One line for a log or a job's result. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("verified ")
                .append(passed.size() + failed.size())
                .append(" backups in ")
                .append(took)
                .append(": ")
                .append(passed.size())
                .append(" good, ")
                .append(failed.size())
                .append(" failed, ")
                .append(skipped.size())
                .append(" left for the next time");
        failed.forEach(failure -> text.append("; ")
                .append(failure.backup().objectName())
                .append(failure.damaged() ? " is damaged: " : " could not be verified: ")
                .append(failure.message()));
        lost.forEach(name -> text.append("; the archive of ").append(name).append(" is gone"));
        return text.toString();
    }
}
