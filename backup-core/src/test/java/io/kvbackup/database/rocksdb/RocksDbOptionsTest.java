package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.TableProperties;
import org.rocksdb.TtlDB;

/** Options of the host and what becomes of them. */
class RocksDbOptionsTest {
    private static final DatabaseBackup FIRST =
            DatabaseBackup.of("orders", new SetBackup("first", Encoding.BINARY, Encoding.BINARY));

    @TempDir
    private Path folder;

    @Test
    void aRestoreLeavesTheOptionsOfAFamilyAndFollowsThem() throws Exception {
        try (BloomFilter filter = new BloomFilter(10);
                TestRocksDb rocks = new TestRocksDb(
                        folder.resolve("db"),
                        new ColumnFamilyOptions()
                                .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter))
                                .setCompressionType(CompressionType.ZSTD_COMPRESSION)
                                .useFixedLengthPrefixExtractor(3)
                                .setWriteBufferSize(5 << 20)
                                .setTtl(12_345))) {
            ColumnFamilyOptions before = rocks.handle("first").getDescriptor().getOptions();
            restore(rocks.builder().build(), FIRST, Map.of("first", manyEntries()));

            ColumnFamilyOptions after = rocks.handle("first").getDescriptor().getOptions();
            assertThat(after.compressionType()).isEqualTo(before.compressionType());
            assertThat(after.writeBufferSize()).isEqualTo(5 << 20);
            assertThat(after.ttl()).isEqualTo(12_345);
            assertThat(rocks.db()
                            .getPropertiesOfAllTables(rocks.handle("first"))
                            .values())
                    .isNotEmpty()
                    .extracting(TableProperties::getFilterPolicyName)
                    .allMatch(name -> name.toLowerCase(Locale.ROOT).contains("bloom"));
            assertThat(rocks.db()
                            .getPropertiesOfAllTables(rocks.handle("first"))
                            .values())
                    .extracting(TableProperties::getPrefixExtractorName)
                    .allMatch(name -> name.contains("FixedPrefix"));
            assertSame(rocks.read("first"), manyEntries(), "restored");
        }
    }

    @Test
    void entriesAreLoadedInSeveralSortedFilesWithoutGoingThroughTheLog() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            long sequence = rocks.db().getLatestSequenceNumber();
            Map<String, NavigableMap<byte[], byte[]>> content = new HashMap<>(Map.of("first", manyEntries()));
            restore(rocks.builder().splitAt(10_000).build(), FIRST, content);

            assertThat(rocks.db().getLiveFilesMetaData()).hasSizeGreaterThan(10);
            assertThat(rocks.db().getLatestSequenceNumber() - sequence)
                    .isLessThan(manyEntries().size());
            assertSame(rocks.read("first"), manyEntries(), "restored");
        }
    }

    @Test
    void aDatabaseOfEntriesWithATimeToLiveIsRefusedWithTheOtherWay() throws Exception {
        try (Options options = new Options().setCreateIfMissing(true);
                TtlDB expiring = TtlDB.open(options, folder.resolve("ttl").toString(), 3_600, false)) {
            assertThatThrownBy(() -> RocksDbDatabase.builder("orders", expiring).build())
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("orders", "TtlDB", "RocksDbCheckpoint");
        }
    }

    private static NavigableMap<byte[], byte[]> manyEntries() {
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        for (int i = 0; i < 2_000; i++) {
            entries.putAll(entries(String.format("key %06d", i), "value ".repeat(10) + i));
        }
        return entries;
    }
}
