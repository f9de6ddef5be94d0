package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.Encoding;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** The snippets about RocksDB and S3. */
class RocksDbSnippetsTest {
    private static final byte[] KEY = "a".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VALUE = "{\"price\":3}".getBytes(StandardCharsets.UTF_8);

    @Test
    void backsUpColumnFamilies(@TempDir Path folder) throws Exception {
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.resolve("db").toString());
                ColumnFamilyHandle items =
                        rocks.createColumnFamily(new ColumnFamilyDescriptor("items".getBytes(StandardCharsets.UTF_8)));
                StorageClient storage = StorageClient.open(StorageUri.parse("mem:rocksdb-snippet"))) {
            rocks.put(items, KEY, VALUE);
            // region rocksdb
            try (BackupManager manager = BackupManager.builder()
                    .storage(storage)
                    .database(RocksDbDatabase.builder("orders", rocks, items) // column families are the sets
                            .encoding("items", Encoding.TEXT, Encoding.JSON) // BINARY unless told
                            .build())
                    .build()) {

                Backup backup = manager.backupDatabase("orders"); // a RocksDB snapshot: writers go on
                manager.restoreDatabase(backup.objectName()); // staged as SST files, then ingested
            }
            // endregion
            assertThat(rocks.get(items, KEY)).isEqualTo(VALUE);
        }
    }

    @Test
    void backsUpToS3(@TempDir Path folder) throws Exception {
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.resolve("db").toString());
                LoopbackS3 s3 = LoopbackS3.start()) {
            rocks.put(KEY, VALUE);
            String bucket = LoopbackS3.BUCKET;
            String endpoint = s3.endpoint();
            // region s3
            try (BackupManager manager = BackupManager.builder()
                    .storage("s3://" + bucket + "/backups?region=us-east-1&endpoint=" + endpoint
                            + "&pathStyle=true&accessKey=key&secretKey=secret") // without keys: the SDK's default chain
                    .database(RocksDbDatabase.builder("orders", rocks).build())
                    .build()) {

                manager.backupDatabase("orders");
            }
            // endregion
            try (StorageClient store = StorageClient.open(StorageUri.parse(s3.uri()))) {
                assertThat(store.list("backups/orders/")).hasSize(2);
            }
        }
    }
}
