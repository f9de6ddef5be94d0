package io.kvbackup.job;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides which of several processes with the same schedule serves one of its times. */
interface SlotClaims {
    /** What came of asking. */
    sealed interface Answer {
        /** This process is to serve the slot. */
        record Won(Claim claim) implements Answer {}

        /** Somebody has served it. */
        record Served() implements Answer {}

        /** Another process has the claim, and may or may not serve this slot; ask again after this time. */
        record Busy(Duration askAgain) implements Answer {}
    }

    /** The right to serve slots of one schedule. Safe for use by several threads. */
    interface Claim {
        /** @throws IOException if it is no longer certain that nobody else has the claim */
        void ensureHeld() throws IOException;

        /** Lets nobody serve this slot or any before it. */
        void served(Instant slot) throws IOException;

        /** Gives the claim back; never fails, since what is not given back expires. */
        void release();
    }

    /** @param name of the schedule's claim; letters, digits, {@code .}, {@code _} and {@code -} */
    Answer claim(String name, Instant slot) throws IOException;

    /** The last slot that anybody has served, as far as is known. */
    Optional<Instant> lastServed(String name) throws IOException;

    /** How often a claim is to be {@linkplain Claim#ensureHeld looked after}; empty if it need not be. */
    Optional<Duration> upkeep();

    /** For one process alone: whoever asks has it, and nothing is remembered. */
    SlotClaims ALONE = new SlotClaims() {
        private static final Claim MINE = new Claim() {
            @Override
            public void ensureHeld() {}

            @Override
            public void served(Instant slot) {}

            @Override
            public void release() {}
        };

        @Override
        public Answer claim(String name, Instant slot) {
            return new Answer.Won(MINE);
        }

        @Override
        public Optional<Instant> lastServed(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> upkeep() {
            return Optional.empty();
        }
    };
}
