package io.kvbackup;

import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.MarkStore;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How to take a backup. Immutable. */
public final class BackupOptions {
    private static final BackupOptions DEFAULTS = builder().build();

    private final Optional<String> format;
    private final Optional<Boolean> spool;
    private final Set<String> tags;
    private final ProgressListener progress;

    private BackupOptions(Builder builder) {
        format = Optional.ofNullable(builder.format);
        spool = Optional.ofNullable(builder.spool);
        tags = Set.copyOf(builder.tags);
        progress = builder.progress;
    }

    /** As the manager was built. */
    public static BackupOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    Optional<String> format() {
        return format;
    }

    Optional<Boolean> spool() {
        return spool;
    }

    Set<String> tags() {
        return tags;
    }

    ProgressListener progress() {
        return progress;
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private @Nullable String format;
        private @Nullable Boolean spool;
        private final Set<String> tags = new TreeSet<>();
        private ProgressListener progress = ProgressListener.NONE;

        private Builder() {}

        /**
         * Archive format and transforms for this backup, as in {@code json.gz}.
         *
         * @throws IllegalArgumentException if a part is unknown; says which, and what is known
         */
        public Builder format(String chain) {
            FormatChain.parse(chain);
            format = chain;
            return this;
        }

        /**
         * Writes the archive to a temporary file first and uploads it afterwards, so that the snapshot, and with it any
         * lock that the database holds for it, lasts only as long as the disk takes and not as long as the network does.
         */
        public Builder spool(boolean value) {
            spool = value;
            return this;
        }

        /**
         * Gives the backup a tag, by which it can be found in {@link io.kvbackup.model.Backup#tags()} and kept; may be called
         * for several. See {@link BackupManager#tag} for backups that exist.
         *
         * @param name 1 to 64 ASCII letters, digits, {@code .}, {@code _} or {@code -}, a letter or digit at either end
         * @throws IllegalArgumentException if it is not; shows the name
         */
        public Builder tag(String name) {
            tags.add(MarkStore.requireTag(name));
            return this;
        }

        /** Is told how far the scan has come. */
        public Builder progress(ProgressListener listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        public BackupOptions build() {
            return new BackupOptions(this);
        }
    }
}
