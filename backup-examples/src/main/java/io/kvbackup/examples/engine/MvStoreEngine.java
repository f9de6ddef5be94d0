package io.kvbackup.examples.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

final class MvStoreEngine implements HostEngine {
    private final MVMap.Builder<String, byte[]> types =
            new MVMap.Builder<String, byte[]>().keyType(StringDataType.INSTANCE).valueType(ByteArrayDataType.INSTANCE);
    private final MVStore store;
    private final Database database;
    private MVMap<String, byte[]> map;

    MvStoreEngine(Path folder, String name) throws IOException {
        store = MVStore.open(folder.resolve("store.mv").toString());
        Codec<byte[]> json = Codec.of(Encoding.JSON, Function.identity(), Function.identity());
        database = MvStoreDatabase.builder(name, store)
                .set(SET, types, Codec.utf8(), json)
                .build();
        map = store.openMap(SET, types);
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void put(byte[] key, byte[] value) {
        if (map.isClosed()) { // a restore has put another one into its place
            map = store.openMap(SET, types);
        }
        map.put(new String(key, UTF_8), value);
    }

    @Override
    public void close() {
        store.close();
    }
}
