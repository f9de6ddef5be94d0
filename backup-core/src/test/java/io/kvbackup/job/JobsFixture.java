package io.kvbackup.job;

import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;

/** A manager of which there is nothing but the names of databases. */
class JobsFixture implements Jobs.Operations {
    static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    volatile Set<String> databases = Set.of("orders", "stock");

    static Clock fixedClock() {
        return Clock.fixed(START, ZoneOffset.UTC);
    }

    Jobs open(JobOptions options) throws IOException {
        return Jobs.open(options, host(fixedClock()));
    }

    Jobs.Host host(Clock clock) {
        return new Jobs.Host(this, "test", new MemoryStorageClient(), clock, System::nanoTime, Optional.empty());
    }

    @Override
    public Set<String> databaseNames() throws IOException {
        return databases;
    }

    @Override
    public void requireKnowable(String database) {
        if (!databases.contains(database)) {
            throw new IllegalArgumentException("no database '" + database + "'");
        }
    }

    @Override
    public Backup backup(String database, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public Backup backupAll(JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public Backup restore(String objectName, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public Backup restoreAll(String objectName, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public Optional<Backup> restoreLatest(String database, JobContext job) {
        return Optional.empty();
    }

    @Override
    public String verify(String objectName, VerifyLevel level, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public String verifyDue(
            VerifyLevel level, Duration notFor, long bytesPerSecond, Optional<Duration> atMost, JobContext job)
            throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public void copy(String objectName, StorageClient target, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }

    @Override
    public String prune(RetentionPolicy policy, JobContext job) throws IOException {
        throw new IOException("the store is on fire");
    }
}
