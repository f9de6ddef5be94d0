/**
 * The bytes of change logs: commits lie in frames of segments, and the segments of one timeline follow each other
 * without a hole. Frames name all that they need, so they can be copied from one segment into another as they are.
 * Knows nothing of stores.
 */
@NullMarked
package io.kvbackup.format.log;

import org.jspecify.annotations.NullMarked;
