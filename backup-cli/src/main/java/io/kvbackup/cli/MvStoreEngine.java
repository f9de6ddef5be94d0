package io.kvbackup.cli;

import io.kvbackup.database.Codec;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.StringDataType;

/** A file of MVStore with a map for each set: of strings where the set is text or JSON, of byte arrays otherwise. */
final class MvStoreEngine {
    private MvStoreEngine() {}

    static Engine.Open open(DatabaseBackup header, Path path) throws IOException {
        MVStore store;
        try {
            store = new MVStore.Builder().fileName(path.toString()).open();
        } catch (MVStoreException e) {
            throw new IOException("cannot make the MVStore " + path + ": " + e.getMessage(), e);
        }
        try {
            MvStoreDatabase.Builder builder = MvStoreDatabase.builder(header.name(), store);
            for (SetBackup set : header.sets().values()) {
                add(builder, set);
            }
            return new Engine.Open(builder.build(), store::close);
        } catch (IOException | RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    private static void add(MvStoreDatabase.Builder builder, SetBackup set) {
        boolean textKeys = set.keys() == Encoding.TEXT;
        boolean textValues = set.values() != Encoding.BINARY;
        if (textKeys && textValues) {
            add(builder, set, StringDataType.INSTANCE, StringDataType.INSTANCE, Codec.utf8(), text(set.values()));
        } else if (textKeys) {
            add(builder, set, StringDataType.INSTANCE, ByteArrayDataType.INSTANCE, Codec.utf8(), Codec.bytes());
        } else if (textValues) {
            add(builder, set, ByteArrayDataType.INSTANCE, StringDataType.INSTANCE, Codec.bytes(), text(set.values()));
        } else {
            add(builder, set, ByteArrayDataType.INSTANCE, ByteArrayDataType.INSTANCE, Codec.bytes(), Codec.bytes());
        }
    }

    private static Codec<String> text(Encoding encoding) {
        Codec<String> utf8 = Codec.utf8();
        return encoding == Encoding.TEXT
                ? utf8
                : new Codec<>() {
                    @Override
                    public byte[] encode(String value) throws IOException {
                        return utf8.encode(value);
                    }

                    @Override
                    public String decode(byte[] bytes) throws IOException {
                        return utf8.decode(bytes);
                    }

                    @Override
                    public Encoding encoding() {
                        return encoding;
                    }
                };
    }

    private static <K, V> void add(
            MvStoreDatabase.Builder builder,
            SetBackup set,
            DataType<K> keyType,
            DataType<V> valueType,
            Codec<K> keys,
            Codec<V> values) {
        builder.set(set.name(), new MVMap.Builder<K, V>().keyType(keyType).valueType(valueType), keys, values);
    }
}
