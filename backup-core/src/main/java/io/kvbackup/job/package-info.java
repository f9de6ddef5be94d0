/**
 * Jobs, their history, and schedules. Everything that a manager does with backups is a job; start at
 * {@link io.kvbackup.job.Jobs}.
 */
@NullMarked
package io.kvbackup.job;

import org.jspecify.annotations.NullMarked;
