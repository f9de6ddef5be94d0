package io.kvbackup.repository.log;

import io.kvbackup.format.log.TimelineId;

/**
 * A moment that was restored.
 *
 * @param timeline whose log led there
 * @param position of the last commit up to it
 */
public record LogPoint(TimelineId timeline, long position) {}
