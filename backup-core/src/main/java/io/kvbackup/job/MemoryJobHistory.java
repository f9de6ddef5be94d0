package io.kvbackup.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jobs in the order in which they were asked for; the oldest that have ended make room. */
final class MemoryJobHistory implements JobHistory {
    static final int MAX_RECORDS = 1000;

    private final Map<String, JobRecord> records = new LinkedHashMap<>();
    private final int maxRecords;

    MemoryJobHistory(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    @Override
    public synchronized void record(JobRecord record) {
        records.put(record.id(), record);
        for (Iterator<JobRecord> each = records.values().iterator(); records.size() > maxRecords && each.hasNext(); ) {
            if (each.next().status().isFinal()) {
                each.remove();
            }
        }
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
        records.values().removeIf(record -> record.status().isFinal() && statuses.contains(record.status()));
        return before - records.size();
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
