package io.kvbackup.database.mvstore;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Map;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** Stages entries in maps beside the live ones. */
final class MvStoreRestore extends StagedRestore {
    private final MVStore store;
    private final Map<String, StoredMap<?, ?, ?>> sets;
    private final SwapPlan plan;
    private final RestoreClaim claim;
    private final MapHolders holders;
    private boolean decided;

    /** Takes over {@code claim}. */
    MvStoreRestore(
            DatabaseBackup header,
            KeyRange keys,
            MVStore store,
            Map<String, StoredMap<?, ?, ?>> sets,
            SwapPlan plan,
            RestoreClaim claim,
            MapHolders holders) {
        super(header, keys);
        this.store = store;
        this.sets = sets;
        this.plan = plan;
        this.claim = claim;
        this.holders = holders;
    }

    @Override
    protected EntryVisitor stage(SetBackup set) throws IOException {
        return stage(target(set.name()));
    }

    private StoredMap<?, ?, ?> target(String set) {
        StoredMap<?, ?, ?> target = sets.get(set);
        if (target == null) {
            throw new IllegalStateException("restore of unknown map " + set);
        }
        return target;
    }

    private <M extends MVMap<K, V>, K, V> EntryVisitor stage(StoredMap<M, K, V> set) throws IOException {
        String operation = "restore " + set.place();
        M staged = StoreAccess.call(store, operation, () -> set.open(store, plan.stagedName(set.name())));
        return (key, value) -> {
            StoreAccess.refuseInterrupt(operation);
            StoreAccess.run(store, operation, () -> set.put(staged, key, value));
        };
    }

    /** Those entries of the live map that are not restored, as they are. */
    private <M extends MVMap<K, V>, K, V> long stageOthers(StoredMap<M, K, V> set) throws IOException {
        if (!store.hasMap(set.name())) {
            return 0;
        }
        M staged = set.open(store, plan.stagedName(set.name()));
        long others = 0;
        for (Map.Entry<K, V> entry : set.open(store, set.name()).entrySet()) {
            if (!keys().contains(set.encodeKey(entry.getKey()))) {
                if (staged.put(entry.getKey(), entry.getValue()) != null) {
                    throw new IOException(set.place() + ": key " + entry.getKey()
                            + " is not to be restored, but the map takes one that is for the same");
                }
                others++;
            }
        }
        return others;
    }

    @Override
    protected void commitStaged() throws IOException {
        String operation = "commit the restore of database " + header().name();
        StoreAccess.refuseInterrupt(operation);
        StoreAccess.run(store, operation, () -> {
            for (String set : header().sets().keySet()) {
                long others = isPart() ? stageOthers(target(set)) : 0;
                requireAllStaged(
                        set, target(set).open(store, plan.stagedName(set)).sizeAsLong() - others);
            }
            decided = true;
            plan.decide(header().sets().keySet());
        });
        try {
            StoreAccess.run(store, operation, plan::complete);
        } catch (IOException e) {
            throw new IOException(
                    "the restore of database " + header().name() + " is decided but not complete; the rest follows when"
                            + " the database description is built again or the next restore begins; until then do not"
                            + " use its maps: " + e.getMessage(),
                    e);
        }
        holders.handOverAfterRestore();
    }

    @Override
    protected void discard() throws IOException {
        try (claim) {
            if (!decided && !store.isClosed()) {
                StoreAccess.run(store, "drop what was staged for database " + header().name(), () -> {
                    plan.removeStaged();
                    store.commit();
                });
            }
        }
    }
}
