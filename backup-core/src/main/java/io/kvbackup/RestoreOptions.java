package io.kvbackup;

import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What to restore, and how. Immutable. */
public final class RestoreOptions {
    private static final RestoreOptions DEFAULTS = builder().build();

    private final Optional<String> database;
    private final Optional<String> as;
    private final Set<String> sets;
    private final KeyRange keys;
    private final boolean dryRun;
    private final boolean ifAbsent;
    private final boolean dropOthers;
    private final boolean allowUnencrypted;
    private final boolean skipDamaged;
    private final Optional<RestoreTarget> target;
    private final ProgressListener progress;

    private RestoreOptions(Builder builder) {
        database = Optional.ofNullable(builder.database);
        as = Optional.ofNullable(builder.as);
        sets = builder.sets;
        keys = builder.keys;
        dryRun = builder.dryRun;
        ifAbsent = builder.ifAbsent;
        dropOthers = builder.dropOthers;
        allowUnencrypted = builder.allowUnencrypted;
        skipDamaged = builder.skipDamaged;
        target = Optional.ofNullable(builder.target);
        progress = builder.progress;
    }

    /** Everything, to where it came from. */
    public static RestoreOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has all that was chosen here. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Whether all sets and keys are to be restored. */
    boolean isWhole() {
        return sets.isEmpty() && keys.equals(KeyRange.all());
    }

    /** These options for one database, by name, out of the backup that was found to be its newest. */
    RestoreOptions forLatest(Backup latest, String name) {
        Builder builder = toBuilder();
        builder.database = latest.isOfAllDatabases() ? name : null;
        builder.as = as.orElse(name);
        builder.target = null;
        return builder.build();
    }

    /** Which database of a backup of all databases. */
    public Optional<String> database() {
        return database;
    }

    /** The database to restore into; that of the backup if empty. */
    public Optional<String> as() {
        return as;
    }

    /** The sets to restore; all if empty. */
    public Set<String> sets() {
        return sets;
    }

    /** The keys to restore. */
    public KeyRange keys() {
        return keys;
    }

    /** Whether nothing is changed. */
    public boolean dryRun() {
        return dryRun;
    }

    /** Whether a database that has entries is left alone. */
    public boolean ifAbsent() {
        return ifAbsent;
    }

    /** Whether sets, and databases of the catalog, that the backup does not hold are dropped. */
    public boolean dropOthers() {
        return dropOthers;
    }

    /** Whether a backup that is not encrypted is restored although there are keys. */
    public boolean allowUnencrypted() {
        return allowUnencrypted;
    }

    /** Whether {@code restoreLatest} passes over what is known as damaged. */
    public boolean skipDamaged() {
        return skipDamaged;
    }

    /** The moment to restore; that of the backup if empty. */
    public Optional<RestoreTarget> target() {
        return target;
    }

    /** Sets the listener that hears how far the restore has come. */
    public ProgressListener progress() {
        return progress;
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private @Nullable String database;
        private @Nullable String as;
        private Set<String> sets = Set.of();
        private KeyRange keys = KeyRange.all();
        private boolean dryRun;
        private boolean ifAbsent;
        private boolean dropOthers;
        private boolean allowUnencrypted;
        private boolean skipDamaged;
        private @Nullable RestoreTarget target;
        private ProgressListener progress = ProgressListener.NONE;

        private Builder() {}

        private Builder(RestoreOptions from) {
            database = from.database.orElse(null);
            as = from.as.orElse(null);
            sets = from.sets;
            keys = from.keys;
            dryRun = from.dryRun;
            ifAbsent = from.ifAbsent;
            dropOthers = from.dropOthers;
            allowUnencrypted = from.allowUnencrypted;
            skipDamaged = from.skipDamaged;
            target = from.target.orElse(null);
            progress = from.progress;
        }

        /** Which database of a backup of all databases. Not needed for a backup of one. */
        public Builder database(String name) {
            database = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Restores into the database of this name instead of the one that the backup was taken of. */
        public Builder as(String name) {
            as = BackupName.requireDatabaseName(name);
            return this;
        }

        /**
         * Restores only these sets; the others of the live database stay as they are.
         *
         * @throws IllegalArgumentException if there is none
         */
        public Builder sets(String... names) {
            if (names.length == 0) {
                throw new IllegalArgumentException("no sets given; leave sets() out to restore all");
            }
            sets = Set.copyOf(List.of(names));
            return this;
        }

        /**
         * Restores only the keys in a range; all other keys of the live database stay as they are when the restore
         * starts. The host must not write to the restored sets until the restore has ended: what it writes meanwhile is
         * lost. If the range names one thing ({@link KeyRange#only} a key, or a path of a folder) that the backup does
         * not hold, the restore fails with {@link java.nio.file.NoSuchFileException} and changes nothing. If the backup
         * holds nothing in any other range, the live database then holds nothing there either.
         */
        public Builder keys(KeyRange range) {
            keys = Objects.requireNonNull(range, "range");
            return this;
        }

        /** Restores only the keys with a prefix; see {@link #keys}. */
        public Builder keysStartingWith(byte[] prefix) {
            return keys(KeyRange.startingWith(prefix));
        }

        /** Reads and verifies everything and checks that the database would take it, but changes nothing. */
        public Builder dryRun(boolean value) {
            dryRun = value;
            return this;
        }

        /**
         * Refuses with {@link java.nio.file.FileAlreadyExistsException} if the database to restore into has any entry,
         * at the start or right before the swap.
         */
        public Builder ifAbsent(boolean value) {
            ifAbsent = value;
            return this;
        }

        /**
         * Makes the restored databases what the backup says and nothing more: a database whose host creates and drops
         * sets at run time loses those that the backup does not hold. With {@link BackupManager#restoreAllDatabases},
         * the databases of the host's catalog that the backup does not hold are dropped too, when all have been
         * restored; the backup must be one of all databases. Only for backups that are restored whole.
         */
        public Builder dropOthers(boolean value) {
            dropOthers = value;
            return this;
        }

        /**
         * Restores backups that are not encrypted although the manager has encryption keys. You need it for backups
         * from before encryption was switched on. Without it they are refused, because anybody who can write to the
         * store could put such a backup there.
         */
        public Builder allowUnencrypted(boolean value) {
            allowUnencrypted = value;
            return this;
        }

        /**
         * Passes over backups that are known as damaged ({@link io.kvbackup.model.BackupMarks#isDamaged()}, or the
         * archive is gone) and restores the newest of the others. Only for {@link BackupManager#restoreLatest}. Without
         * it, that tries the newest backup even if it is known as damaged, so that nobody gets older data unasked. If
         * the restore itself finds the damage, it fails with or without this option.
         */
        public Builder skipDamaged(boolean value) {
            skipDamaged = value;
            return this;
        }

        /**
         * Restores a moment instead of a whole backup. Only for {@link BackupManager#restoreLatest}.
         *
         * @see RestoreTarget
         */
        public Builder target(RestoreTarget moment) {
            target = Objects.requireNonNull(moment, "moment");
            return this;
        }

        /** Is told how far the restore has come. */
        public Builder progress(ProgressListener listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        public RestoreOptions build() {
            return new RestoreOptions(this);
        }
    }
}
