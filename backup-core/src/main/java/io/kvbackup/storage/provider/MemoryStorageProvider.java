package io.kvbackup.storage.provider;

import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageClientProvider;
import io.kvbackup.storage.StorageUri;
import java.util.Map;
import java.util.Set;

/** Opens {@code mem:name}: each time the same store, within one JVM; no options. */
public final class MemoryStorageProvider implements StorageClientProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("mem");
    }

    @Override
    public Set<String> optionNames() {
        return Set.of();
    }

    @Override
    public StorageClient open(StorageUri uri, Map<String, String> options) {
        String name = uri.authority().isEmpty() || uri.path().isEmpty()
                ? uri.authority() + uri.path()
                : uri.authority() + "/" + uri.path();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("storage URI " + uri + " names no store; write mem:name");
        }
        return MemoryStorageClient.named(name);
    }
}
