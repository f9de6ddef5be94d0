package io.kvbackup.repository;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Looks whether there is anything to lose. */
public final class LiveEntries {
    private LiveEntries() {}

    /** Whether a database has at least one entry. */
    public static boolean any(Database database) throws IOException {
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            for (String set : snapshot.header().sets().keySet()) {
                snapshot.readEntries(set, KeyRange.all(), (key, value) -> {
                    throw new FoundException();
                });
            }
            return false;
        } catch (FoundException e) {
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static final class FoundException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
