package io.kvbackup.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Jobs in the order in which they were asked for; the oldest that have ended make room. The last run of each schedule
 * that finished tells which of its times were served, so it goes last of all.
 */
final class MemoryJobHistory implements JobHistory {
    static final int MAX_RECORDS = 1000;

    private final Map<String, JobRecord> records = new LinkedHashMap<>();
    private final int maxRecords;
    /** By schedule, the job that finished last. */
    private final Map<String, String> lastFinished = new HashMap<>();

    MemoryJobHistory(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    @Override
    public synchronized void record(JobRecord record) {
        records.put(record.id(), record);
        if (record.status() == JobStatus.FINISHED && record.slot().isPresent()) {
            record.schedule().ifPresent(schedule -> lastFinished.put(schedule, record.id()));
        }
        makeRoom(each -> !isLastOfSchedule(each));
        makeRoom(each -> true);
    }

    private void makeRoom(Predicate<JobRecord> goes) {
        for (Iterator<JobRecord> each = records.values().iterator(); records.size() > maxRecords && each.hasNext(); ) {
            JobRecord oldest = each.next();
            if (oldest.status().isFinal() && goes.test(oldest)) {
                each.remove();
            }
        }
    }

    /** Whether it is by this job that a restart finds out which of a schedule's times were served. */
    synchronized boolean isLastOfSchedule(JobRecord record) {
        return record.schedule()
                .filter(schedule -> record.id().equals(lastFinished.get(schedule)))
                .isPresent();
    }

    @Override
    public synchronized List<JobRecord> find(JobQuery query) {
        return records.values().stream()
                .filter(query::matches)
                .sorted(JobRecord.NEWEST_FIRST)
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized int forget(Set<JobStatus> statuses) {
        int before = records.size();
        records.values()
                .removeIf(record ->
                        record.status().isFinal() && statuses.contains(record.status()) && !isLastOfSchedule(record));
        return before - records.size();
    }

    synchronized boolean knows(String id) {
        return records.containsKey(id);
    }

    synchronized void drop(String id) {
        records.remove(id);
    }

    /** All, the oldest first. */
    synchronized Collection<JobRecord> all() {
        return new ArrayList<>(records.values());
    }

    @Override
    public void close() {}
}
