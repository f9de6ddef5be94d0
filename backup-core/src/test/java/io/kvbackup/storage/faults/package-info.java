/**
 * A proxy that stands before a real HTTP server and plays a network that fails:
 * {@link io.kvbackup.storage.faults.FaultProxy}.
 */
@NullMarked
package io.kvbackup.storage.faults;

import org.jspecify.annotations.NullMarked;
