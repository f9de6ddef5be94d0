package io.kvbackup.repository.log;

import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.storage.StorageObject;

/** A segment that a listing shows. */
record StoredSegment(SegmentSpan span, StorageObject object) {}
