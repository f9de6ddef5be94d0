/**
 * How fast backups are, next to a bare scan and to the way that comes to mind first. Start at {@code BackupBenchmark}.
 */
@NullMarked
package io.kvbackup.examples.benchmark;

import org.jspecify.annotations.NullMarked;
