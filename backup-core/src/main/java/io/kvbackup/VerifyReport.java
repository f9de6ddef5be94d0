package io.kvbackup;

import io.kvbackup.model.Backup;
import java.time.Duration;

/**
 * Says that a backup was read from end to end and found good.
 *
 * @param backup what was verified. If it {@linkplain Backup#hasManifest() has no manifest} it could only be checked for
 *     being a whole, well-formed archive
 * @param entries entries read
 * @param took how long it took
 */
public record VerifyReport(Backup backup, long entries, Duration took) {}
