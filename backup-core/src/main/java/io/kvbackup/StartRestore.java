package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.model.Backup;
import io.kvbackup.replication.RestoreWindow;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseKeeper;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Restores a database that is empty when a host starts. A lease in the store lets one process do that at a time. */
record StartRestore(ManagerContext context, Windows windows, Restores restores) {
    private static final Duration TTL = Duration.ofSeconds(30);
    /** As long as the restore of another process may take; what that has restored is then not restored again. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final String LEASES = "leases/";

    /** Tells what can be restored by a log. */
    interface Windows {
        List<RestoreWindow> of(String database) throws IOException;
    }

    /** Restores the newest there is. */
    interface Restores {
        Optional<Backup> latest(String database, RestoreOptions options) throws IOException;
    }

    StartOutcome run(String database) throws IOException {
        Database target = context.databases().target(database);
        if (target.restoreReplacesEntries()) {
            return StartOutcome.of(StartOutcome.Kind.NOT_NEEDED);
        }
        boolean used = isUsed();
        if (!used) {
            return StartOutcome.of(StartOutcome.Kind.NO_STORE);
        }
        try (Lease lease = context.leases().acquire("start-" + database, TTL, PATIENCE);
                LeaseKeeper keeper = new LeaseKeeper(lease)) {
            keeper.ensureHeld();
            return restore(database, target);
        }
    }

    private StartOutcome restore(String database, Database target) throws IOException {
        if (target.restoreReplacesEntries()) {
            return StartOutcome.of(StartOutcome.Kind.NOT_NEEDED);
        }
        RestoreOptions.Builder options = RestoreOptions.builder().ifAbsent(true);
        try {
            Instant logged = windows.of(database).stream()
                    .map(RestoreWindow::toTime)
                    .max(Instant::compareTo)
                    .orElse(Instant.MIN);
            if (logged.isAfter(Instant.MIN)) {
                options.target(RestoreTarget.latest());
            }
            Optional<Backup> restored = restores.latest(database, options.build());
            return restored.map(backup -> StartOutcome.restored(later(backup.timestamp(), logged)))
                    .orElseGet(() -> StartOutcome.of(StartOutcome.Kind.EMPTY_STORE));
        } catch (FileAlreadyExistsException e) {
            return StartOutcome.of(StartOutcome.Kind.NOT_NEEDED); // somebody has begun to write meanwhile
        }
    }

    /** Whether anything but leases lies in the store. */
    private boolean isUsed() throws IOException {
        try (Stream<StorageObject> objects = context.storage().list("")) {
            return objects.anyMatch(each -> !each.key().startsWith(LEASES));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
