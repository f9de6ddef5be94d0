package io.kvbackup.database;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Looks whether there is anything to lose. */
final class LiveEntries {
    private LiveEntries() {}

    /** Whether a database has at least one entry. */
    static boolean any(Database database) throws IOException {
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
