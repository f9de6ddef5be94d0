/** Backups in S3 and in stores that speak its protocol. */
@SuppressWarnings("module") // the digit is part of the name of the store
module io.kvbackup.s3 {
    requires static transitive org.jspecify;
    requires transitive io.kvbackup.core;
    requires transitive software.amazon.awssdk.services.s3;
    requires org.slf4j;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.utils;

    exports io.kvbackup.s3;

    provides io.kvbackup.storage.StorageClientProvider with
            io.kvbackup.s3.S3StorageClientProvider;
}
