/**
 * Which backups to keep: pure choice, with a reason for each one. Start at
 * {@link io.kvbackup.retention.RetentionPolicy}.
 */
@NullMarked
package io.kvbackup.retention;

import org.jspecify.annotations.NullMarked;
