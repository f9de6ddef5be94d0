/**
 * Backups and restores on stores that fail, by seeds: what must hold whatever goes wrong.
 * {@link io.kvbackup.faults.FaultRun} runs against any store; CONTRIBUTING says how a seed is replayed.
 */
@NullMarked
package io.kvbackup.faults;

import org.jspecify.annotations.NullMarked;
