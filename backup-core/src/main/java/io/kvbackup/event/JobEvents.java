package io.kvbackup.event;

import io.kvbackup.host.DatabaseRegistry;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the events of a manager out of its jobs; everything that it does is a job. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class JobEvents implements Consumer<JobRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);

    private final List<BackupListener> listeners;
    private final DatabaseRegistry databases;

    /** @param listeners hear of events after the flight recorder, in this order */
    public JobEvents(List<BackupListener> listeners, DatabaseRegistry databases) {
        this.databases = databases;
        this.listeners = new ArrayList<>(List.of(new FlightEvents()));
        this.listeners.addAll(listeners);
    }

    /** The manager begins. */
    public void opened() {
        Set<String> registered = databases.registered();
        listeners.forEach(listener -> tell(listener, each -> each.onOpened(registered), "the start of the manager"));
    }

    /** Something has happened to a replication, which is no job. */
    public void replication(BackupListener.ReplicationEvent event) {
        listeners.forEach(listener -> tell(listener, each -> each.onReplication(event), event));
    }

    /** A backup has found what nobody had told it. */
    public void drift(String database, String set) {
        LOG.warn(
                "database {}, set {}: a scan of everything has found changes of which the database had not told; what"
                        + " was found is backed up, and backups since the scan before may lack it; does something else"
                        + " write there, or set back the times of files?",
                database,
                set);
        listeners.forEach(listener ->
                tell(listener, each -> each.onDrift(database, set), "drift of database " + database + ", set " + set));
    }

    @Override
    public void accept(JobRecord record) {
        switch (record.status()) {
            case PENDING -> {}
            case RUNNING -> tell(record, BackupListener::onStarted);
            case FINISHED -> tell(record, BackupListener::onFinished);
            case ERROR -> tell(record, BackupListener::onFailed);
            case CANCELLED -> tell(record, BackupListener::onCancelled);
        }
    }

    private void tell(JobRecord record, BiConsumer<BackupListener, BackupEvent> how) {
        BackupEvent event = event(record);
        listeners.forEach(listener -> tell(listener, each -> how.accept(each, event), event));
    }

    private static void tell(BackupListener listener, Consumer<BackupListener> how, Object what) {
        try {
            how.accept(listener);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("listener {} failed at {}; the job goes on: {}", listener, what, e, e);
        }
    }

    private static BackupEvent event(JobRecord record) {
        JobState state = record.state();
        Instant started = state.started().orElse(state.created());
        Instant at = state.ended().orElse(started);
        Duration took = Duration.between(started, at);
        return new BackupEvent(
                record.id(),
                record.kind(),
                record.databases(),
                record.status(),
                at,
                took.isNegative() ? Duration.ZERO : took,
                record.progress().entries(),
                record.progress().bytes(),
                state.text());
    }
}
