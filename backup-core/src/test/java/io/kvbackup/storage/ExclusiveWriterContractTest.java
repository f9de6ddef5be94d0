package io.kvbackup.storage;

import io.kvbackup.storage.check.BrokenConditions;
import io.kvbackup.storage.contract.StorageClientContract;

/** The whole contract, with its races, on a store that ignores conditions. */
class ExclusiveWriterContractTest implements StorageClientContract {
    private final StorageClient client =
            new ExclusiveWriterStorageClient(BrokenConditions.ignoring(PutCondition.class, new MemoryStorageClient()));

    @Override
    public StorageClient client() {
        return client;
    }
}
