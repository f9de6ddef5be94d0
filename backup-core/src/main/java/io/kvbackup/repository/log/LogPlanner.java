package io.kvbackup.repository.log;

import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says which moments of a database a store can restore, and what has to be read for one. Asks names, the manifests of
 * bases and the lease, and nothing that grows with the data. Safe for use by several threads.
 */
public final class LogPlanner {
    private final StorageClient storage;
    private final LogCatalog catalog;
    private final SegmentSource source;
    private final LogIntervals intervals;

    public LogPlanner(StorageClient storage, BackupCatalog backups, BackupKeys keys, LeaseStore leases) {
        this.storage = storage;
        this.catalog = new LogCatalog(storage, backups, leases);
        this.source = new SegmentSource(storage, keys);
        this.intervals = new LogIntervals(source);
    }

    SegmentSource source() {
        return source;
    }

    LogIntervals intervals() {
        return intervals;
    }

    LogSurvey survey(String database) throws IOException {
        return catalog.survey(database);
    }

    /** Whether any moment of a database can be restored by its log. */
    public boolean isReplicated(String database) throws IOException {
        LogSurvey survey = catalog.survey(database);
        return survey.timelines().values().stream()
                .anyMatch(head ->
                        !LogIntervals.of(survey.lineage(head), survey.bases()).isEmpty());
    }

    /** The moments that can be restored, of all timelines, by time. */
    public List<LogWindow> windows(String database) throws IOException {
        return windows(catalog.survey(database));
    }

    private List<LogWindow> windows(LogSurvey survey) throws IOException {
        List<LogWindow> windows = new ArrayList<>();
        for (LogTimeline head : survey.timelines().values()) {
            windows.addAll(windows(survey.lineage(head), survey));
        }
        windows.sort(Comparator.comparing(LogWindow::fromTime)
                .thenComparing(LogWindow::fromPosition, Long::compareUnsigned));
        return windows;
    }

    private List<LogWindow> windows(LogLineage line, LogSurvey survey) throws IOException {
        List<LogWindow> windows = new ArrayList<>();
        for (LogIntervals.Interval each : LogIntervals.of(line, survey.bases())) {
            intervals.window(line, each).ifPresent(windows::add);
        }
        return windows;
    }

    /**
     * Plans a restore.
     *
     * @throws NoSuchFileException if the moment cannot be restored; names the nearest ones
     */
    LogPlan plan(String database, LogTarget target) throws IOException {
        LogSurvey survey = catalog.survey(database);
        for (LogTimeline head : survey.newestFirst()) {
            LogLineage line = survey.lineage(head);
            Optional<LogIntervals.Interval> interval = find(line, survey, target);
            if (interval.isPresent()) {
                return plan(line, survey, interval.get(), target);
            }
        }
        throw new NoSuchFileException(LogNames.folder(database), null, refusal(survey, target));
    }

    private Optional<LogIntervals.Interval> find(LogLineage line, LogSurvey survey, LogTarget target)
            throws IOException {
        List<LogIntervals.Interval> all = LogIntervals.of(line, survey.bases());
        if (target instanceof LogTarget.Position position) {
            return all.stream().filter(each -> each.holds(position.position())).findFirst();
        }
        if (target instanceof LogTarget.Time time) {
            for (LogIntervals.Interval each : all) {
                if (intervals
                        .window(line, each)
                        .filter(w -> w.holds(time.millis()))
                        .isPresent()) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
        if (all.isEmpty()) {
            return Optional.empty();
        }
        LogIntervals.Interval last = all.get(all.size() - 1);
        if (line.head().goesBeyond(last.to())) {
            throw new NoSuchFileException(
                    LogNames.timeline(
                            line.head().record().database(), line.head().id()),
                    null,
                    "the newest commits cannot be restored, since segments are missing after position "
                            + Long.toUnsignedString(last.to())
                            + "; restore that one by RestoreTarget.position, or take a backup");
        }
        return Optional.of(last);
    }

    private LogPlan plan(LogLineage line, LogSurvey survey, LogIntervals.Interval interval, LogTarget target)
            throws IOException {
        LogPlan best = null;
        for (LogBase base : survey.bases()) {
            boolean later = best == null
                    || Long.compareUnsigned(
                                    base.log().consistentAt(), best.base().log().consistentAt())
                            > 0;
            if (!line.holds(base) || !later || !isUpTo(line, base, target)) {
                continue;
            }
            List<LogLineage.Piece> pieces = line.from(base);
            if (LogIntervals.end(base, pieces) == interval.to()) {
                best = new LogPlan(target, base, line.head(), base.timestamp(), needed(pieces, target));
            }
        }
        if (best == null) {
            throw new IllegalStateException(
                    "no base leads to " + interval + " of " + line.head().id());
        }
        Optional<LogWindow> window = intervals.window(line, interval);
        return window.isEmpty()
                ? best
                : new LogPlan(target, best.base(), best.head(), window.get().toTime(), best.pieces());
    }

    /** Whether a base is of no later moment. */
    boolean isUpTo(LogLineage line, LogBase base, LogTarget target) throws IOException {
        long position = base.log().consistentAt();
        if (!(target instanceof LogTarget.Time time)) {
            return target.takes(position, 0);
        }
        LogLineage own = line.upTo(line.timelineOf(base));
        Optional<StoredSegment> holding = own.holding(position);
        if (holding.isPresent() && holding.get().span().minTime() > time.millis()) {
            return false;
        }
        return intervals.timeAt(own, position).filter(at -> at <= time.millis()).isPresent();
    }

    private static List<LogLineage.Piece> needed(List<LogLineage.Piece> pieces, LogTarget target) {
        return pieces.stream()
                .takeWhile(each -> target instanceof LogTarget.Position position
                        ? Long.compareUnsigned(each.segment().span().from(), position.position()) < 0
                        : target.takes(0, each.segment().span().minTime()))
                .collect(Collectors.toList());
    }

    private String refusal(LogSurvey survey, LogTarget target) throws IOException {
        List<LogWindow> windows = windows(survey);
        String what = target + " cannot be restored from " + storage + ": ";
        if (windows.isEmpty()) {
            return what + "no backup is there from which its log goes on"
                    + (survey.basesUnknown() ? "; some cannot be read with the keys of this manager" : "");
        }
        List<LogWindow> near = target instanceof LogTarget.Time time ? nearest(windows, time.millis()) : windows;
        return what + "what can be is " + near.stream().map(LogWindow::toString).collect(Collectors.joining(", and "))
                + "; restorable() tells all";
    }

    private static List<LogWindow> nearest(List<LogWindow> windows, long millis) {
        Instant moment = Instant.ofEpochMilli(millis);
        List<LogWindow> near = new ArrayList<>();
        windows.stream()
                .filter(each -> each.toTime().isBefore(moment))
                .max(Comparator.comparing(LogWindow::toTime))
                .ifPresent(near::add);
        windows.stream()
                .filter(each -> each.fromTime().isAfter(moment))
                .min(Comparator.comparing(LogWindow::fromTime))
                .ifPresent(near::add);
        return near;
    }
}
