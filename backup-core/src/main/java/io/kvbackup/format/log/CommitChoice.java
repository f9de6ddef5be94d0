package io.kvbackup.format.log;

/** Which commits of a log to look at. */
@FunctionalInterface
public interface CommitChoice {
    CommitChoice ALL = (position, millis) -> true;
    CommitChoice NONE = (position, millis) -> false;

    /**
     * Whether a commit's changes are wanted.
     *
     * @param position where it ends
     * @param millis its time, in milliseconds since 1970
     */
    boolean takes(long position, long millis);
}
