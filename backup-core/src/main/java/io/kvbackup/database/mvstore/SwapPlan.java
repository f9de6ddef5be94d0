package io.kvbackup.database.mvstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Swaps staged maps in for live ones. The store may commit on its own between any two changes of its map names, so the
 * decision is written first, in one entry, and every step may be done again after a crash.
 */
final class SwapPlan {
    private static final String NAME = "name.";
    private static final String MAP = "map.";
    private static final String MAPS = "maps";
    private static final String LIVE = "live:";

    private final MVStore store;
    private final MapNames names;
    private final Map<String, StoredMap<?, ?, ?>> sets;
    private final CommitSteps steps;

    SwapPlan(MVStore store, String database, Map<String, StoredMap<?, ?, ?>> sets, CommitSteps steps) {
        this.store = store;
        this.names = new MapNames(database);
        this.sets = sets;
        this.steps = steps;
    }

    String stagedName(String map) {
        return names.staged(map);
    }

    /** From its return on, the staged maps will take the places of the live ones. */
    void decide(Collection<String> maps) {
        StoreAccess.commitDurably(store);
        steps.reached("staged maps durable");
        MVMap<String, String> plan = store.openMap(names.plan());
        for (String map : maps) {
            plan.put(LIVE + map, LiveMap.of(store, set(map)).text());
        }
        plan.put(
                MAPS,
                maps.stream()
                        .map(map -> HexFormat.of().formatHex(map.getBytes(UTF_8)))
                        .collect(Collectors.joining(",")));
        steps.reached("plan written");
        StoreAccess.commitDurably(store);
        steps.reached("plan durable");
    }

    /**
     * Completes what was decided before a crash, if anything was, then removes what is left of undecided restores.
     *
     * @throws IOException if that would erase what was written to a map since; then nothing has been changed
     */
    void completeLater() throws IOException {
        adoptUnescaped();
        List<String> decided = decided(names.plan());
        for (String map : decided) {
            if (!sets.containsKey(map)) {
                throw new IOException(
                        "database " + names.database() + ": a decided restore cannot be completed, because map " + map
                                + " is not among its sets " + sets.keySet() + "; add it to the builder");
            }
        }
        if (!decided.isEmpty()) {
            store.commit();
            refuseWritten(decided);
        }
        complete();
    }

    private void refuseWritten(List<String> decided) throws IOException {
        MVMap<String, String> plan = store.openMap(names.plan());
        for (String map : decided) {
            String was = plan.get(LIVE + map);
            String staged = idOf(stagedName(map));
            boolean waits = staged != null && !staged.equals(idOf(map));
            // Plans of earlier versions do not say how the maps were.
            if (waits && was != null && LiveMap.parse(was).isLeftBehindBy(store, set(map))) {
                throw new IOException(
                        "database " + names.database() + ": a decided restore was cut short, and map " + map
                                + " has been written to since; completing the restore would erase those writes: "
                                + "keep what you need of them, give the restore up with "
                                + "store.removeMap(\"" + names.plan()
                                + "\"), and restore again; without that, " + decided + " stay as they are now");
            }
        }
    }

    private StoredMap<?, ?, ?> set(String map) {
        return Objects.requireNonNull(sets.get(map), map);
    }

    /** Swaps in what was decided. */
    void complete() throws IOException {
        for (String map : decided(names.plan())) {
            swap(map);
            store.commit();
            steps.reached(map + " swapped in");
        }
        StoreAccess.commitDurably(store);
        if (idOf(names.plan()) != null) {
            removeName(names.plan());
            StoreAccess.commitDurably(store);
            steps.reached("plan removed");
        }
        removeStaged();
        store.commit();
    }

    /** A restore that was decided when names were not escaped goes on under those of today. */
    private void adoptUnescaped() throws IOException {
        String plan = names.unescapedPlan().filter(store::hasMap).orElse(names.plan());
        for (String map : decided(plan)) {
            StoredMap<?, ?, ?> set = sets.get(map);
            String old = names.unescapedStaged(map).filter(store::hasMap).orElse(stagedName(map));
            if (set != null && !store.hasMap(stagedName(map)) && store.hasMap(old)) {
                store.renameMap(set.open(store, old), stagedName(map));
            }
        }
        if (!plan.equals(names.plan())) {
            StoreAccess.commitDurably(store);
            store.renameMap(store.openMap(plan), names.plan());
            StoreAccess.commitDurably(store);
        }
    }

    /** Maps have names, so no text is no maps. */
    private List<String> decided(String plan) throws IOException {
        if (!store.hasMap(plan)) {
            return List.of();
        }
        String maps = store.<String, String>openMap(plan).get(MAPS);
        if (maps == null || maps.isEmpty()) {
            return List.of();
        }
        return maps(plan, maps);
    }

    static List<String> maps(String plan, String text) throws IOException {
        try {
            return Stream.of(text.split(","))
                    .map(digits -> new String(HexFormat.of().parseHex(digits), UTF_8))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "a restore was decided, but its plan, map " + plan + " of the store, cannot be read: "
                            + e.getMessage() + "; to give the restore up, remove that map and restore again",
                    e);
        }
    }

    void removeStaged() {
        for (String name : store.getMapNames()) {
            if (names.isStaged(name) || name.equals(names.plan())) {
                removeName(name);
            }
        }
    }

    private void swap(String live) {
        String staged = stagedName(live);
        String id = idOf(staged);
        if (id == null) {
            return;
        }
        if (!id.equals(idOf(live))) {
            removeName(live);
            store.commit();
            steps.reached(live + " removed");
        }
        StoredMap<?, ?, ?> set = sets.get(live);
        if (set != null) {
            // A rename cut short leaves both names for one map, which either this or the next line completes.
            store.renameMap(set.open(store, staged), live);
            store.getMetaMap().remove(NAME + staged, id);
        }
    }

    /** Also removes a name whose map is gone, as a removal cut short leaves it. */
    private void removeName(String name) {
        String id = idOf(name);
        if (id != null) {
            if (store.getMetaMap().containsKey(MAP + id)) {
                store.removeMap(name);
            }
            store.getMetaMap().remove(NAME + name, id);
        }
    }

    private @Nullable String idOf(String name) {
        return store.getMetaMap().get(NAME + name);
    }
}
