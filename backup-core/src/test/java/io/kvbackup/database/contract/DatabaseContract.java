package io.kvbackup.database.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * The promises of {@link io.kvbackup.database.Database} as tests. Extend it with the few methods that make and write a
 * database of your engine, one new and empty for each test, and its tests run against your adapter.
 */
public abstract class DatabaseContract
        implements SnapshotContract, RestoreContract, PartialRestoreContract, ConcurrencyContract, EveryValueContract {
    /** Bytes of any kind in both sets. */
    @Override
    public void writeAnything(Random random) throws Exception {
        List<Write> writes = new ArrayList<>();
        for (String set : List.of("first", "second")) {
            readLive(set).keySet().forEach(key -> writes.add(new Write(set, key, null)));
            AnyBytes bytes = new AnyBytes(random);
            for (int i = random.nextInt(40); i > 0; i--) {
                writes.add(Write.put(set, bytes.next(longestKey()), bytes.next(AnyBytes.LONG)));
            }
        }
        write(writes);
    }

    /** The longest key that the engine takes, if that is less than 64 KiB. */
    protected int longestKey() {
        return AnyBytes.LONG;
    }

    @Override
    public Object liveState() throws Exception {
        var state = new TreeMap<String, Object>();
        for (String set : List.of("first", "second")) {
            state.put(set, AnyBytes.describe(readLive(set)));
        }
        return state;
    }
}
