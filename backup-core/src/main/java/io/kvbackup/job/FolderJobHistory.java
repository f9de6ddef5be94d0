package io.kvbackup.job;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A history in memory that is also written to a file, {@code jobs.jsonl}: a line for every change of a job, of which
 * the last one counts. When the file has grown too large, it is written anew with what is still known.
 */
final class FolderJobHistory implements JobHistory {
    private static final Logger LOG = LoggerFactory.getLogger(FolderJobHistory.class);
    static final int MAX_RECORDS = 10_000;
    static final long MAX_BYTES = 8 << 20;

    private final Path file;
    private final FolderClaim claim;
    private final JobJournal journal;
    private final long maxBytes;
    private final MemoryJobHistory memory;
    /** What the file does not know yet. */
    private final Map<String, JobRecord> unwritten = new LinkedHashMap<>();

    private int damagedLines;
    private @Nullable String diskProblem;

    private FolderJobHistory(Path file, FolderClaim claim, JobJournal journal, int maxRecords, long maxBytes) {
        this.file = file;
        this.claim = claim;
        this.journal = journal;
        this.maxBytes = maxBytes;
        memory = new MemoryJobHistory(maxRecords);
    }

    static FolderJobHistory open(Path folder, Clock clock) throws IOException {
        return open(folder, clock, new JobJournal(file(folder)), MAX_RECORDS, MAX_BYTES);
    }

    static Path file(Path folder) {
        return folder.resolve("jobs.jsonl");
    }

    static FolderJobHistory open(Path folder, Clock clock, JobJournal journal, int maxRecords, long maxBytes)
            throws IOException {
        FolderClaim claim = FolderClaim.take(folder);
        FolderJobHistory history = new FolderJobHistory(file(folder), claim, journal, maxRecords, maxBytes);
        try {
            journal.read(history::take);
            history.endInterrupted(clock.instant());
            return history;
        } catch (IOException | RuntimeException e) {
            history.close();
            throw e;
        }
    }

    private void take(byte[] line, int number, boolean complete) {
        try {
            memory.record(JobRecordLine.decode(line, "line " + number + " of " + file));
        } catch (IOException e) {
            if (complete) {
                damagedLines++;
                LOG.warn("job history: {}; it is passed over", e.getMessage());
            } else {
                LOG.info("job history: the last line of {} was being written when a process died", file);
            }
        }
    }

    /** All of them, not only the last: several jobs run side by side. */
    private synchronized void endInterrupted(Instant now) {
        for (JobRecord record : memory.all()) {
            JobState ended = null;
            if (record.state() instanceof JobState.Running running) {
                ended = running.fail(now, "interrupted: the process ended while the job was at work");
            } else if (record.state() instanceof JobState.Pending pending) {
                ended = pending.cancel(now, "interrupted: the process ended before the job began");
            }
            if (ended != null) {
                remember(record.with(ended));
            }
        }
        flush();
    }

    @Override
    public Set<String> paused() {
        try {
            return Files.exists(pausedFile()) ? new TreeSet<>(Files.readAllLines(pausedFile())) : Set.of();
        } catch (IOException e) {
            LOG.warn("job history: cannot read which schedules rest; none does: {}", e.toString());
            return Set.of();
        }
    }

    @Override
    public synchronized void paused(Set<String> schedules) {
        Path next = file.resolveSibling("paused.next");
        try {
            Files.deleteIfExists(next);
            try (OutputStream out = PrivateFiles.newFile(next)) {
                out.write(String.join("\n", new TreeSet<>(schedules)).getBytes(StandardCharsets.UTF_8));
            }
            DiskSync.file(next, StandardOpenOption.WRITE);
            Files.move(next, pausedFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DiskSync.folder(file.getParent());
        } catch (IOException e) {
            LOG.warn("job history: cannot write that only {} rest after a restart: {}", schedules, e.toString());
        }
    }

    private Path pausedFile() {
        return file.resolveSibling("paused");
    }

    @Override
    public synchronized void record(JobRecord record) {
        remember(record);
        flush();
    }

    private void remember(JobRecord record) {
        memory.record(record);
        unwritten.put(record.id(), record);
    }

    private void flush() {
        if (unwritten.isEmpty()) {
            return;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        unwritten.values().forEach(record -> lines.writeBytes(JobRecordLine.encode(record)));
        try {
            journal.append(lines.toByteArray());
            written();
            if (journal.size() > maxBytes) {
                compact();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    /**
     * Keeps the youngest jobs, as many as fit into half of the room, those that have not ended, and the last of each
     * schedule.
     */
    private void compact() throws IOException {
        Deque<byte[]> lines = new ArrayDeque<>();
        List<JobRecord> all = new ArrayList<>(memory.all());
        long left = maxBytes / 2;
        for (int i = all.size() - 1; i >= 0; i--) {
            JobRecord record = all.get(i);
            byte[] line = JobRecordLine.encode(record);
            left -= line.length;
            if (left >= 0 || !record.status().isFinal() || memory.isLastOfSchedule(record)) {
                lines.addFirst(line);
            } else {
                memory.drop(record.id());
            }
        }
        journal.replace(lines);
        damagedLines = 0;
        written();
    }

    private void written() {
        unwritten.clear();
        if (diskProblem != null) {
            LOG.info("job history: {} can be written again", file);
            diskProblem = null;
        }
    }

    private void failed(IOException e) {
        if (diskProblem == null) {
            LOG.error(
                    "job history: cannot write {}; jobs go on and are remembered in memory until it can be written",
                    file,
                    e);
        }
        diskProblem = "cannot write " + file + ": " + FailureText.of(e) + "; make room for it";
        unwritten.keySet().removeIf(id -> !memory.knows(id));
    }

    @Override
    public synchronized List<JobRecord> find(JobQuery query) {
        return memory.find(query);
    }

    @Override
    public synchronized int forget(Set<JobStatus> statuses) {
        int forgotten = memory.forget(statuses);
        unwritten.keySet().removeIf(id -> !memory.knows(id));
        if (forgotten > 0) {
            try {
                compact();
            } catch (IOException e) {
                failed(e);
            }
        }
        return forgotten;
    }

    @Override
    public synchronized Optional<String> problem() {
        if (diskProblem != null) {
            return Optional.of(diskProblem);
        }
        return damagedLines == 0
                ? Optional.empty()
                : Optional.of(damagedLines + " lines of " + file + " cannot be read; the jobs they told of are lost");
    }

    @Override
    public synchronized void close() throws IOException {
        try (claim;
                journal) {
            flush();
        }
    }

    @Override
    public String toString() {
        return "JobHistory[" + file + "]";
    }
}
