/** Consistent backups of in-process key-value databases, and restores that never make things worse. */
@SuppressWarnings("module") // the backends of other modules come after this one
module io.kvbackup.core {
    requires static transitive org.jspecify;
    requires static micrometer.core;
    requires static com.github.luben.zstd_jni;
    requires static org.tukaani.xz;
    requires static com.h2database.mvstore;
    requires static java.sql;
    requires com.cronutils;
    requires java.net.http;
    requires jdk.jfr;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.cbor;
    requires io.github.resilience4j.core;
    requires io.github.resilience4j.retry;
    requires org.apache.commons.codec;
    requires org.apache.commons.compress;
    requires org.slf4j;

    exports io.kvbackup;
    exports io.kvbackup.copy;
    exports io.kvbackup.database;
    exports io.kvbackup.database.directory;
    exports io.kvbackup.database.mvstore;
    exports io.kvbackup.database.rocksdb;
    exports io.kvbackup.database.sqlite;
    exports io.kvbackup.disk to
            io.kvbackup.s3;
    exports io.kvbackup.encryption;
    exports io.kvbackup.event;
    exports io.kvbackup.health;
    exports io.kvbackup.job;
    exports io.kvbackup.micrometer;
    exports io.kvbackup.model;
    exports io.kvbackup.objectstore to
            io.kvbackup.gcs,
            io.kvbackup.s3;
    exports io.kvbackup.pipeline to
            io.kvbackup.gcs,
            io.kvbackup.s3;
    exports io.kvbackup.prune;
    exports io.kvbackup.replication;
    exports io.kvbackup.retention;
    exports io.kvbackup.storage;
    exports io.kvbackup.storage.check;
    exports io.kvbackup.storage.file;
    exports io.kvbackup.storage.retry;
    exports io.kvbackup.storage.throttle;
    exports io.kvbackup.verify;

    uses io.kvbackup.storage.StorageClientProvider;

    provides io.kvbackup.storage.StorageClientProvider with
            io.kvbackup.storage.provider.FileStorageProvider,
            io.kvbackup.storage.provider.MemoryStorageProvider;
}
