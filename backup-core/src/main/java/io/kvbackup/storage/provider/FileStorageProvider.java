package io.kvbackup.storage.provider;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageClientProvider;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Opens {@code file:///absolute/folder} and {@code file:relative/folder}; no options. */
public final class FileStorageProvider implements StorageClientProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public Set<String> optionNames() {
        return Set.of();
    }

    @Override
    public StorageClient open(StorageUri uri, Map<String, String> options) {
        if (!uri.authority().isEmpty()) {
            throw new IllegalArgumentException("storage URI " + uri + " names a host, '" + uri.authority()
                    + "'; write file:///absolute/folder or file:relative/folder");
        }
        if (uri.path().isEmpty()) {
            throw new IllegalArgumentException("storage URI " + uri + " names no folder; write file:///var/backups");
        }
        if (uri.path().equals("~") || uri.path().startsWith("~/")) {
            throw new IllegalArgumentException(
                    "storage URI " + uri + " starts with '~', which only shells know; write the folder in full");
        }
        try {
            boolean drive = File.separatorChar == '\\' && uri.path().matches("/[A-Za-z]:.*");
            return new FileStorageClient(Path.of(drive ? uri.path().substring(1) : uri.path()));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "storage URI " + uri + " is not a folder name here: " + e.getReason(), e);
        }
    }
}
