package io.kvbackup.job;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class HistoryFuzzTest extends FuzzContract {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @Override
    protected List<FuzzTarget> targets() {
        JobState.Pending pending = new JobState.Pending(NOW);
        JobState.Running running = pending.start(NOW);
        return List.of(new FuzzTarget(
                "history line",
                List.of(
                        line(pending),
                        line(running),
                        line(running.finish(NOW, "result")),
                        line(running.fail(NOW, "why")),
                        line(pending.cancel(NOW, "why"))),
                Mutations.json().or(Mutations.bytes()),
                bytes -> JobRecordLine.decode(bytes, "line 1"),
                Set.of(CorruptBackupException.class)));
    }

    private static byte[] line(JobState state) {
        return JobRecordLine.encode(new JobRecord(
                "id",
                "backup",
                Set.of("a", "b"),
                Optional.of("nightly"),
                Optional.of(NOW),
                Optional.of("parent"),
                2,
                state,
                new Progress(1, 2, -1, Duration.ofMillis(3))));
    }
}
