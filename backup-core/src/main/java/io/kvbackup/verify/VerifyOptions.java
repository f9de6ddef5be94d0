package io.kvbackup.verify;

import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.VerifyLevel;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How to verify a backup. Immutable. */
public final class VerifyOptions {
    private final VerifyLevel level;
    private final Optional<ScratchFactory> scratch;
    private final OptionalLong inMemoryUpTo;
    private final boolean remember;
    private final ProgressListener progress;

    private VerifyOptions(Builder builder) {
        level = builder.level;
        scratch = Optional.ofNullable(builder.scratch);
        inMemoryUpTo = builder.inMemoryUpTo;
        remember = builder.remember;
        progress = builder.progress;
    }

    /** Options for one level; all else as the manager was built. */
    public static VerifyOptions of(VerifyLevel level) {
        return builder().level(level).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has all that was chosen here. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** How much is proved. */
    public VerifyLevel level() {
        return level;
    }

    /** Makes the databases of a drill; the manager's if empty. */
    public Optional<ScratchFactory> scratch() {
        return scratch;
    }

    /** The largest backup that is drilled in memory, in bytes; a quarter of the heap if empty. */
    public OptionalLong inMemoryUpTo() {
        return inMemoryUpTo;
    }

    /** Whether the store keeps the result. */
    public boolean remember() {
        return remember;
    }

    /** Is told how far the verification has come. */
    public ProgressListener progress() {
        return progress;
    }

    /** The same, with one more listener for progress. */
    VerifyOptions alsoTelling(ProgressListener listener) {
        return toBuilder().progress(listener.andThen(progress)).build();
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private VerifyLevel level = VerifyLevel.DIGEST;
        private @Nullable ScratchFactory scratch;
        private OptionalLong inMemoryUpTo = OptionalLong.empty();
        private boolean remember = true;
        private ProgressListener progress = ProgressListener.NONE;

        private Builder() {}

        private Builder(VerifyOptions from) {
            level = from.level;
            scratch = from.scratch.orElse(null);
            inMemoryUpTo = from.inMemoryUpTo;
            remember = from.remember;
            progress = from.progress;
        }

        /** How much to prove; {@link VerifyLevel#DIGEST} unless set. */
        public Builder level(VerifyLevel value) {
            level = Objects.requireNonNull(value, "level");
            return this;
        }

        /**
         * Makes the databases that a {@link VerifyLevel#DRILL} restores into. Those of
         * {@link BackupManagerBuilder#scratch} unless set. Without either, the drill uses databases of the live
         * database's own kind ({@link io.kvbackup.database.Database#scratch}), or databases in memory if there is no
         * live database of that name or its kind makes none. {@link ScratchFactory#inMemory()} asks for databases in
         * memory.
         */
        public Builder scratch(ScratchFactory factory) {
            scratch = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /**
         * The largest backup that may be drilled in memory, in bytes of content plus 160 for each entry. A quarter of
         * the largest heap unless set. Larger ones are refused; they need a scratch database that is not made of maps.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder inMemoryUpTo(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("a limit of " + bytes + " bytes is negative");
            }
            inMemoryUpTo = OptionalLong.of(bytes);
            return this;
        }

        /** Whether the result is kept in the store, beside the backup; {@code true} unless set. */
        public Builder remember(boolean value) {
            remember = value;
            return this;
        }

        /** Is told how far the verification has come. */
        public Builder progress(ProgressListener listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        public VerifyOptions build() {
            return new VerifyOptions(this);
        }
    }
}
