package io.kvbackup.replication;

/**
 * A timeline of this process: the same in all stores.
 *
 * @param timeline its name: the token of the lease in 8 hex digits, {@code -}, 16 random ones
 * @param history whose positions it counts: that of the log, or, after a gap or a restore, one of its own, so that
 *     nobody takes positions of both sides for comparable
 * @param start its first segment begins after this position
 */
record Line(String timeline, String history, long start) {}
