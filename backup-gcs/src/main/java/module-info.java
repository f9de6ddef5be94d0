/** Backups in Google Cloud Storage. */
module io.kvbackup.gcs {
    requires static transitive org.jspecify;
    requires transitive io.kvbackup.core;
    requires transitive google.cloud.storage;
    requires com.google.api.client;
    requires com.google.api.client.json.gson;
    requires com.google.api.services.storage;
    requires com.google.auth;
    requires com.google.auth.oauth2;
    requires gax;
    requires google.api.client;
    requires google.cloud.core;
    requires google.cloud.core.http;
    requires org.slf4j;

    exports io.kvbackup.gcs;

    provides io.kvbackup.storage.StorageClientProvider with
            io.kvbackup.gcs.GcsStorageClientProvider;
}
