package io.kvbackup;

import io.kvbackup.model.BackupKind;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.storage.StorageClient;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How to take a backup. Immutable. */
public final class BackupOptions {
    /** The name of the manager's own store where there are several. */
    public static final String OWN_STORE = "own";

    private static final BackupOptions DEFAULTS = builder().build();

    private final Optional<BackupKind> kind;
    private final boolean newLineage;
    private final boolean skipIfUnchanged;
    private final Optional<String> format;
    private final Optional<Boolean> spool;
    private final Set<String> tags;
    private final Map<String, StorageClient> alsoTo;
    private final ProgressListener progress;

    private BackupOptions(Builder builder) {
        kind = Optional.ofNullable(builder.kind);
        newLineage = builder.newLineage;
        skipIfUnchanged = builder.skipIfUnchanged;
        format = Optional.ofNullable(builder.format);
        spool = Optional.ofNullable(builder.spool);
        tags = Set.copyOf(builder.tags);
        alsoTo = Collections.unmodifiableMap(new LinkedHashMap<>(builder.alsoTo));
        progress = builder.progress;
    }

    /** As the manager was built. */
    public static BackupOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has all that was chosen here. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** How the backup is stored; as the manager says if empty. */
    public Optional<BackupKind> kind() {
        return kind;
    }

    /** Whether an incremental backup shares nothing with earlier ones. */
    public boolean newLineage() {
        return newLineage;
    }

    /** Whether there is to be no backup that holds the same as the newest. */
    public boolean skipIfUnchanged() {
        return skipIfUnchanged;
    }

    /** Archive format and transforms; those of the manager if empty. */
    public Optional<String> format() {
        return format;
    }

    /** Whether the archive goes through a temporary file; as the manager says if empty. */
    public Optional<Boolean> spool() {
        return spool;
    }

    /** Names for the backup. */
    public Set<String> tags() {
        return tags;
    }

    /** Further stores, by name. */
    public Map<String, StorageClient> alsoTo() {
        return alsoTo;
    }

    /** Sets the listener that hears how far the scan has come. */
    public ProgressListener progress() {
        return progress;
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private @Nullable BackupKind kind;
        private boolean newLineage;
        private boolean skipIfUnchanged;
        private @Nullable String format;
        private @Nullable Boolean spool;
        private final Set<String> tags = new TreeSet<>();
        private final Map<String, StorageClient> alsoTo = new LinkedHashMap<>();
        private ProgressListener progress = ProgressListener.NONE;

        private Builder() {}

        private Builder(BackupOptions from) {
            kind = from.kind.orElse(null);
            newLineage = from.newLineage;
            skipIfUnchanged = from.skipIfUnchanged;
            format = from.format.orElse(null);
            spool = from.spool.orElse(null);
            tags.addAll(from.tags);
            alsoTo.putAll(from.alsoTo);
            progress = from.progress;
        }

        /**
         * How this backup is stored: as one portable archive, or incrementally, which stores what has changed since the
         * last incremental backup and can be restored like any other.
         */
        public Builder kind(BackupKind value) {
            kind = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Makes an incremental backup that shares nothing with earlier ones: it stores everything again, in encrypted
         * packs under a new key. Use it when you no longer trust a key or a store. A full backup never shares anything.
         */
        public Builder newLineage(boolean value) {
            newLineage = value;
            return this;
        }

        /**
         * Takes no backup if the newest one from which the databases can be restored holds the same, and was made in
         * the same way: then that one is the result, and gets the tags. The databases are read in any case; for a
         * portable archive, they are read once more if something has changed. Not for several stores. Watch the age of
         * {@linkplain io.kvbackup.job.JobRecord jobs} then, not of backups.
         */
        public Builder skipIfUnchanged(boolean value) {
            skipIfUnchanged = value;
            return this;
        }

        /**
         * Archive format and transforms for this backup, as in {@code json.gz}. For an incremental backup it only says
         * whether to encrypt.
         *
         * @throws IllegalArgumentException if a part is unknown; says which, and what is known
         */
        public Builder format(String chain) {
            FormatChain.parse(chain);
            format = chain;
            return this;
        }

        /**
         * Writes the archive to a temporary file first and uploads it afterwards. The snapshot, and any lock that the
         * database holds for it, then lasts as long as the disk needs, and not as long as the network needs.
         */
        public Builder spool(boolean value) {
            spool = value;
            return this;
        }

        /**
         * Gives the backup a tag, which {@link io.kvbackup.model.Backup#tags()} shows and a retention policy can keep;
         * call it once for each tag. See {@link Marks#tag} for backups that exist.
         *
         * @param name 1 to 64 ASCII letters, digits, {@code .}, {@code _} or {@code -}, a letter or digit at either end
         * @throws IllegalArgumentException if it is not; shows the name
         */
        public Builder tag(String name) {
            tags.add(MarkStore.requireTag(name));
            return this;
        }

        /**
         * Also writes the backup into one more store, under the same name; call it once for each store. The databases
         * are read once, into a temporary file as with {@link #spool}; all stores get the backup from that file at the
         * same time.
         *
         * @param store a name for it, as in {@code offsite}
         * @param client stays open
         * @throws IllegalArgumentException if there is a store of that name already, or the name is blank or
         *     {@value BackupOptions#OWN_STORE}
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

        /** Is told how far the scan has come. */
        public Builder progress(ProgressListener listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** @throws IllegalArgumentException if the options exclude each other; says which */
        public BackupOptions build() {
            if (skipIfUnchanged && (!alsoTo.isEmpty() || newLineage)) {
                throw new IllegalArgumentException(
                        "option 'skipIfUnchanged' does not go with " + (newLineage ? "'newLineage'" : "'alsoTo'")
                                + (newLineage
                                        ? ": a new lineage shares nothing with the newest backup"
                                        : ": a store that has missed the newest backup would go on missing it"));
            }
            return new BackupOptions(this);
        }
    }
}
