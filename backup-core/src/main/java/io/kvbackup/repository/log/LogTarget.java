package io.kvbackup.repository.log;

import io.kvbackup.format.log.CommitChoice;
import java.time.Instant;

/** A moment of a log: all commits up to it count, and none after it. */
public sealed interface LogTarget extends CommitChoice {
    /** The newest. */
    record Latest() implements LogTarget {
        @Override
        public boolean takes(long position, long millis) {
            return true;
        }

        @Override
        public String toString() {
            return "the latest moment";
        }
    }

    /** @param millis since 1970 */
    record Time(long millis) implements LogTarget {
        @Override
        public boolean takes(long position, long time) {
            return time <= millis;
        }

        @Override
        public String toString() {
            return Instant.ofEpochMilli(millis).toString();
        }
    }

    /** @param position unsigned */
    record Position(long position) implements LogTarget {
        @Override
        public boolean takes(long at, long millis) {
            return Long.compareUnsigned(at, position) <= 0;
        }

        @Override
        public String toString() {
            return "position " + Long.toUnsignedString(position);
        }
    }
}
