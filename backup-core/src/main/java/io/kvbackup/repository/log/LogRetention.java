package io.kvbackup.repository.log;

import io.kvbackup.format.log.TimelineId;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what of logs, and which backups, nobody needs who may want to restore any moment after a certain one. Safe for
 * use by several threads.
 *
 * <p>Of each run of moments the newest base before that moment is needed, or the oldest there is, and all bases and
 * segments after it. A segment that ends where a base stands is needed too: its name tells when that was.
 */
public final class LogRetention {
    private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);
    /** Whoever plans a restore finds the merged segment; whoever has planned one before is done. */
    private static final Duration COVERED = Duration.ofHours(1);

    private final StorageClient storage;
    private final LogPlanner planner;

    public LogRetention(StorageClient storage, LogPlanner planner) {
        this.storage = storage;
        this.planner = planner;
    }

    /**
     * What is needed, and what is not.
     *
     * @param bases names of backups from which the log goes on, that must stay
     * @param over segments that nobody needs, then what timelines without segments say of themselves
     */
    public record Verdict(Set<String> bases, List<StorageObject> over) {
        public Verdict {
            bases = Set.copyOf(bases);
            over = List.copyOf(over);
        }
    }

    /** Names of databases that have logs. */
    public Set<String> databases() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<StorageObject> all = storage.list(LogNames.ROOT)) {
            all.forEach(each -> {
                String rest = each.key().substring(LogNames.ROOT.length());
                int slash = rest.indexOf('/');
                if (slash > 0) {
                    names.add(rest.substring(0, slash));
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return names;
    }

    /**
     * Judges a log.
     *
     * @param from every moment from then on must stay restorable
     * @param now by the store's clock
     */
    public Verdict judge(String database, Instant from, Instant now) throws IOException {
        LogSurvey survey = planner.survey(database);
        if (survey.basesUnknown()) {
            LOG.warn("nothing of the log of {} is removed: not all of its backups can be read", database);
            Set<String> all = new HashSet<>();
            survey.bases().forEach(each -> all.add(each.objectName()));
            return new Verdict(all, List.of());
        }
        Needs needs = new Needs();
        for (LogTimeline head : survey.timelines().values()) {
            LogLineage line = survey.lineage(head);
            for (LogIntervals.Interval interval : LogIntervals.of(line, survey.bases())) {
                needs.add(line, interval, survey.bases(), from.toEpochMilli());
            }
        }
        List<StorageObject> segments = new ArrayList<>();
        List<StorageObject> records = new ArrayList<>();
        for (LogTimeline each : survey.timelines().values()) {
            List<StoredSegment> over = each.segments().stream()
                    .filter(segment -> !needs.keep(each, segment, from, now))
                    .toList();
            over.forEach(segment -> segments.add(segment.object()));
            if (over.size() == each.segments().size() && needs.isForgotten(each, from)) {
                records.add(each.object());
            }
        }
        segments.addAll(records);
        return new Verdict(needs.bases, segments);
    }

    /** What is needed of each timeline. */
    private final class Needs {
        private final Set<String> bases = new HashSet<>();
        /** From which position on. */
        private final Map<TimelineId, Long> from = new HashMap<>();

        void add(LogLineage line, LogIntervals.Interval interval, List<LogBase> all, long millis) throws IOException {
            Optional<LogWindow> window = planner.intervals().window(line, interval);
            if (window.isPresent() && window.get().toTime().toEpochMilli() < millis) {
                return;
            }
            List<LogBase> ascending = new ArrayList<>();
            for (LogBase base : all) {
                if (line.holds(base) && LogIntervals.end(base, line.from(base)) == interval.to()) {
                    ascending.add(base);
                }
            }
            ascending.sort(Comparator.comparing(each -> each.log().consistentAt(), Long::compareUnsigned));
            int oldest = 0;
            for (int i = 1; i < ascending.size(); i++) {
                if (planner.isUpTo(line, ascending.get(i), new LogTarget.Time(millis))) {
                    oldest = i;
                }
            }
            for (LogBase base : ascending.subList(oldest, ascending.size())) {
                bases.add(base.objectName());
            }
            need(line, ascending.get(oldest));
        }

        private void need(LogLineage line, LogBase base) {
            boolean begun = false;
            for (LogTimeline each : line.timelines()) {
                long position = begun ? 0 : base.log().position();
                begun |= each.id().equals(base.timeline());
                if (begun) {
                    from.merge(each.id(), position, (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b);
                }
            }
        }

        boolean keep(LogTimeline timeline, StoredSegment segment, Instant moment, Instant now) {
            boolean covered = timeline.segments().stream()
                    .anyMatch(each -> !each.span().equals(segment.span())
                            && each.span().covers(segment.span())
                            && isOlder(each.object(), COVERED, now));
            if (covered) {
                return false;
            }
            Long needed = from.get(timeline.id());
            boolean last =
                    timeline.isCurrent() && !timeline.goesBeyond(segment.span().to());
            return last
                    || segment.span().maxTime() >= moment.toEpochMilli()
                    || (needed != null && Long.compareUnsigned(segment.span().to(), needed) >= 0);
        }

        boolean isForgotten(LogTimeline timeline, Instant moment) {
            return !from.containsKey(timeline.id())
                    && !timeline.isCurrent()
                    && timeline.record().startedAt().isBefore(moment);
        }
    }

    private static boolean isOlder(StorageObject object, Duration age, Instant now) {
        return !object.lastModified().isAfter(now.minus(age));
    }
}
