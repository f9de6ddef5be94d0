package io.kvbackup;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.host.StoreAccess;
import io.kvbackup.host.StorePlace;
import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stores of one backup, each reached in the manager's way, and what is made of their outcomes. */
final class Stores implements Closeable {
    private final Map<String, StorageClient> all = new LinkedHashMap<>();
    private final List<StorageClient> opened = new ArrayList<>();

    Stores(ManagerContext context, Map<String, StorageClient> alsoTo) {
        List<StorePlace> places =
                new ArrayList<>(List.of(StorePlace.of(context.access().bare())));
        alsoTo.forEach((name, client) -> {
            StorePlace place = StorePlace.of(client);
            if (places.stream().anyMatch(place::isSameAs)) {
                throw new IllegalArgumentException("store '" + name + "' (" + client
                        + ") is the manager's own, or one that was given already; name another");
            }
            places.add(place);
        });
        // All other jobs have one stream in each direction; this one has one for each store.
        StoreAccess access = context.access().forOneJob();
        all.put(BackupOptions.OWN_STORE, access.limited(context.storage()));
        try {
            alsoTo.forEach((name, client) -> {
                StorageClient reached = access.to(client);
                opened.add(reached);
                all.put(name, reached);
            });
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    private void closeAfter(RuntimeException failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    Map<String, StorageClient> all() {
        return Collections.unmodifiableMap(all);
    }

    static StoreOutcome stored(Backup backup) {
        return new StoreOutcome(BackupOptions.OWN_STORE, Optional.of(backup), Optional.empty(), Duration.ZERO);
    }

    /** One of the copies, all of which have the same name; the copy in the manager's own store if there is one. */
    static Backup requireAny(Map<String, StoreOutcome> outcomes) throws IOException {
        Optional<Backup> any = outcomes.values().stream()
                .flatMap(outcome -> outcome.backup().stream())
                .findFirst();
        return any.isPresent() ? any.get() : requireAll(outcomes);
    }

    /** @throws IOException if a store has no copy; says which, and which have one */
    static Backup requireAll(Map<String, StoreOutcome> outcomes) throws IOException {
        List<String> missing = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        IOException failure = null;
        for (StoreOutcome outcome : outcomes.values()) {
            if (outcome.failure().isEmpty()) {
                holders.add(outcome.store());
                continue;
            }
            missing.add(outcome.store() + " (" + outcome.failure().get().getMessage() + ")");
            if (failure == null) {
                failure = outcome.failure().get();
            }
        }
        if (failure != null) {
            throw new IOException(
                    "the backup is not in " + String.join(", ", missing) + "; it is in " + holders
                            + ", from where copyBackup can bring it to the others",
                    failure);
        }
        return requireAny(outcomes);
    }

    @Override
    public void close() throws IOException {
        for (StorageClient client : opened) {
            client.close();
        }
    }
}
