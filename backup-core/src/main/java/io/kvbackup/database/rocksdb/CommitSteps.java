package io.kvbackup.database.rocksdb;

import java.io.IOException;

/** Told of every moment at which a crash or a failure would find another state; tests make it crash or fail there. */
@FunctionalInterface
interface CommitSteps {
    CommitSteps IGNORED = step -> {};

    void reached(String step) throws IOException;
}
