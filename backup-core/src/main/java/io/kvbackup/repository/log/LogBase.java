package io.kvbackup.repository.log;

import io.kvbackup.format.ManifestLog;
import io.kvbackup.format.log.TimelineId;
import java.time.Instant;

/**
 * A backup from which a log goes on.
 *
 * @param timestamp of the backup
 */
record LogBase(String objectName, Instant timestamp, TimelineId timeline, ManifestLog log) {}
