package io.kvbackup.replication;

import io.kvbackup.format.log.TimelineId;
import java.time.Instant;

/**
 * What was written into a store before this tenure.
 *
 * @param timeline the last one
 * @param history whose positions it counts
 * @param position where its last segment ends
 * @param proof of the commit that ends there, as the segment has it; empty if there is none, or no base either
 * @param synced up to this time everything was said to be in the store
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Parent(TimelineId timeline, String history, long position, byte[] proof, Instant synced) {}
