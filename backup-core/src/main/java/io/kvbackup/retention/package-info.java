/**
 * Decides which backups to keep, with a reason for each one; asks no store and no clock. Start at
 * {@link io.kvbackup.retention.RetentionPolicy}.
 */
@NullMarked
package io.kvbackup.retention;

import org.jspecify.annotations.NullMarked;
