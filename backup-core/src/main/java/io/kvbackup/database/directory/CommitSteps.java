package io.kvbackup.database.directory;

/** Told of every moment at which a crash would find another state; tests make it crash there. */
@FunctionalInterface
interface CommitSteps {
    CommitSteps IGNORED = step -> {};

    void reached(String step);
}
