package io.kvbackup.replication;

import io.kvbackup.storage.StorageClient;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** How a database is replicated. Immutable. */
public final class ReplicationOptions {
    /** The name of the manager's own store where there are several. */
    public static final String OWN_STORE = "own";

    private static final ReplicationOptions DEFAULTS = builder().build();

    private final Duration syncInterval;
    private final Duration snapshotInterval;
    private final Duration keepLog;
    private final Map<String, StorageClient> alsoTo;
    private final OptionalLong uploadLimit;
    private final long spoolBytes;
    private final Duration spoolTime;

    private ReplicationOptions(Builder builder) {
        syncInterval = builder.syncInterval;
        snapshotInterval = builder.snapshotInterval;
        keepLog = builder.keepLog;
        alsoTo = Collections.unmodifiableMap(new LinkedHashMap<>(builder.alsoTo));
        uploadLimit = builder.uploadLimit;
        spoolBytes = builder.spoolBytes;
        spoolTime = builder.spoolTime;
    }

    /** What {@link Builder} says of each option that is not set. */
    public static ReplicationOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has all that was chosen here. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** How old a commit may become before it is in the store, if the store is fast enough. */
    public Duration syncInterval() {
        return syncInterval;
    }

    /** How often a new base is considered. */
    public Duration snapshotInterval() {
        return snapshotInterval;
    }

    /** How long every moment stays restorable. */
    public Duration keepLog() {
        return keepLog;
    }

    /** Further stores, by name. */
    public Map<String, StorageClient> alsoTo() {
        return alsoTo;
    }

    /** How many bytes per second segments may take on their way to each store; empty for no limit of their own. */
    public OptionalLong uploadLimit() {
        return uploadLimit;
    }

    /** How many bytes of segments wait on disk for the slowest store. */
    public long spoolBytes() {
        return spoolBytes;
    }

    /** How long segments wait on disk for the slowest store. */
    public Duration spoolTime() {
        return spoolTime;
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private Duration syncInterval = Duration.ofSeconds(1);
        private Duration snapshotInterval = Duration.ofHours(1);
        private Duration keepLog = Duration.ofDays(3);
        private final Map<String, StorageClient> alsoTo = new LinkedHashMap<>();
        private OptionalLong uploadLimit = OptionalLong.empty();
        private long spoolBytes = 1L << 30;
        private Duration spoolTime = Duration.ofHours(1);

        private Builder() {}

        private Builder(ReplicationOptions from) {
            syncInterval = from.syncInterval;
            snapshotInterval = from.snapshotInterval;
            keepLog = from.keepLog;
            alsoTo.putAll(from.alsoTo);
            uploadLimit = from.uploadLimit;
            spoolBytes = from.spoolBytes;
            spoolTime = from.spoolTime;
        }

        /**
         * How old a commit may become before it is in the store: from 100 ms to an hour, 1 second unless set. A busy
         * database costs about one request per interval and store, so a longer one is cheaper; an idle database costs
         * one request in ten seconds whatever the interval.
         */
        public Builder syncInterval(Duration value) {
            syncInterval = require("syncInterval", value, Duration.ofMillis(100), Duration.ofHours(1));
            return this;
        }

        /**
         * How often a new base is considered: from a second to 24 hours, 1 hour unless set. A base is an incremental
         * backup. It is taken if the log since the last one has become large, and after 24 hours in any case.
         */
        public Builder snapshotInterval(Duration value) {
            snapshotInterval = require("snapshotInterval", value, Duration.ofSeconds(1), Duration.ofHours(24));
            return this;
        }

        /**
         * How long every moment stays restorable: from a minute to 10 years, 72 hours unless set. Prunes of this
         * manager keep what that needs, whatever their policy says.
         */
        public Builder keepLog(Duration value) {
            keepLog = require("keepLog", value, Duration.ofMinutes(1), Duration.ofDays(3653));
            return this;
        }

        /**
         * Replicates into one more store too; call it once for each store. Each store has its own position: one that
         * is slow, full or away delays only itself.
         *
         * @param store a name for it, as in {@code offsite}
         * @param client stays open
         * @throws IllegalArgumentException if there is a store of that name already, or the name is blank or
         *     {@value ReplicationOptions#OWN_STORE}
         */
        public Builder alsoTo(String store, StorageClient client) {
            if (store.isBlank() || store.equals(OWN_STORE)) {
                throw new IllegalArgumentException("a store cannot be named '" + store + "'; the manager's own is '"
                        + OWN_STORE + "', give others names like 'offsite'");
            }
            if (alsoTo.putIfAbsent(store, Objects.requireNonNull(client, "client")) != null) {
                throw new IllegalArgumentException("two stores named '" + store + "'; give one of them another name");
            }
            return this;
        }

        /**
         * How many bytes per second segments may take on their way to each store, within the limit of the manager for
         * all uploads. If the database changes faster for long, the store falls behind until it needs a new base.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder uploadLimit(long bytesPerSecond) {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("a limit must be at least 1 byte per second, not " + bytesPerSecond
                        + "; leave it out for none");
            }
            uploadLimit = OptionalLong.of(bytesPerSecond);
            return this;
        }

        /**
         * How much waits on disk for a store that is slow or away, at most: 1 GiB and 1 hour unless set. A store that
         * falls further behind misses some commits, and gets a new base when it answers again.
         *
         * @param bytes at least 1 MiB
         * @param time at least a second
         */
        public Builder spool(long bytes, Duration time) {
            if (bytes < 1 << 20) {
                throw new IllegalArgumentException("the spool must be at least 1 MiB, not " + bytes + " bytes");
            }
            spoolBytes = bytes;
            spoolTime = require("time", time, Duration.ofSeconds(1), Duration.ofDays(365));
            return this;
        }

        private static Duration require(String what, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value);
            }
            return value;
        }

        public ReplicationOptions build() {
            return new ReplicationOptions(this);
        }
    }
}
