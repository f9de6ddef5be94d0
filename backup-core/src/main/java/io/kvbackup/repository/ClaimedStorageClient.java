package io.kvbackup.repository;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;

/** Makes a place a store before anything else is written there. */
public final class ClaimedStorageClient extends ForwardingStorageClient {
    private final StoreIdentity identity;

    public ClaimedStorageClient(StorageClient store, StoreIdentity identity) {
        super(store);
        this.identity = identity;
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        identity.claim();
        return super.upload(key, content, condition);
    }

    @Override
    public void copy(String from, String to) throws IOException {
        identity.claim();
        super.copy(from, to);
    }
}
