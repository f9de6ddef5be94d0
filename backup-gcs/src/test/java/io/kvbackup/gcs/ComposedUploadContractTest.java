package io.kvbackup.gcs;

import io.kvbackup.storage.contract.StorageClientContract;

/** What holds for every client holds for one that composes. */
class ComposedUploadContractTest extends ComposedTest implements StorageClientContract {
    @Override
    public boolean supportsKey(String key) {
        return key.indexOf('\n') < 0;
    }
}
