package io.kvbackup.database.mvstore;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.ChangeLogContract;
import io.kvbackup.database.contract.DatabaseContract;
import io.kvbackup.database.contract.Write;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class MvStoreDatabaseContractTest {
    @Nested
    class OfFiles extends StoreContract {
        @TempDir
        private Path folder;

        @Override
        TestMvStore openStore() {
            return new TestMvStore(folder.resolve("orders.mv").toString());
        }
    }

    @Nested
    class OfMemoryWithMapsThatMayLoseEntries extends StoreContract {
        private final AtomicBoolean loses = new AtomicBoolean();

        @Override
        TestMvStore openStore() {
            return new TestMvStore(null) {
                @Override
                MVMap.MapBuilder<? extends MVMap<byte[], byte[]>, byte[], byte[]> types() {
                    return LosingMvMap.types(loses);
                }
            };
        }

        @Override
        public boolean loseEntries() {
            loses.set(true);
            return true;
        }
    }

    /** The order of the maps is not that of their encoded keys. */
    @Nested
    class OfMapsSortedAnotherWay extends StoreContract {
        @TempDir
        private Path folder;

        @Override
        TestMvStore openStore() {
            return new TestMvStore(MVStore.open(folder.resolve("orders.mv").toString()), new SignedBytes());
        }
    }

    abstract static class StoreContract extends DatabaseContract implements ChangeLogContract {
        private TestMvStore host;
        private Database database;

        abstract TestMvStore openStore();

        @BeforeEach
        void open() throws Exception {
            host = openStore();
            database = host.builder().build();
        }

        @AfterEach
        void close() {
            host.close();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public Optional<Database> databaseNamed(String name) throws Exception {
            return Optional.of(host.builder(name).build());
        }

        @Override
        public void write(List<Write> together) {
            host.write(together);
        }

        @Override
        public NavigableMap<byte[], byte[]> readLive(String set) {
            return host.read(set);
        }

        @Override
        public boolean joinsCommits() {
            return true;
        }

        @Override
        public void assertNothingLeftBehind() {
            host.assertNothingStaged();
        }
    }

    /** Bytes compared with their sign. */
    static final class SignedBytes extends BasicDataType<byte[]> {
        private final DataType<byte[]> bytes = ByteArrayDataType.INSTANCE;

        @Override
        public int compare(byte[] a, byte[] b) {
            return Arrays.compare(a, b);
        }

        @Override
        public int getMemory(byte[] data) {
            return bytes.getMemory(data);
        }

        @Override
        public void write(WriteBuffer to, byte[] data) {
            bytes.write(to, data);
        }

        @Override
        public byte[] read(ByteBuffer from) {
            return bytes.read(from);
        }

        @Override
        public byte[][] createStorage(int size) {
            return new byte[size][];
        }
    }
}
