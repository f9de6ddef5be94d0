package io.kvbackup.database.directory;

import io.kvbackup.database.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A folder whose last write is long ago by the clock of its database. */
public final class SettledFolder {
    private SettledFolder() {}

    public static Database of(String name, Path folder) throws IOException {
        return DirectoryDatabase.builder(name, folder)
                .clock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)))
                .build();
    }
}
