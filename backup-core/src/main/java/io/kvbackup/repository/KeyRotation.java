package io.kvbackup.repository;

import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.SealedManifest;
import io.kvbackup.model.Backup;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Wraps the data keys of backups under the current key. Only manifests change, each at once and only if nobody else has
 * changed or removed it meanwhile; a run that breaks off is completed by the next. Safe for use by several threads.
 */
public final class KeyRotation {
    private static final int ATTEMPTS = 5;

    /** How many of the failures are told; they may be as many as there are backups. */
    private static final int REASONS = 100;

    private final StorageClient storage;
    private final BackupKeys keys;

    public KeyRotation(StorageClient storage, BackupKeys keys) {
        this.storage = storage;
        this.keys = keys;
    }

    /**
     * Goes through all; one that cannot be done does not keep the others from their turn.
     *
     * @throws IOException at the end, if some could not be done; says how many, with the first reasons attached
     */
    public RewrapReport run(List<Backup> backups) throws IOException {
        int rewrapped = 0;
        int unchanged = 0;
        @Nullable IOException failure = null;
        int failed = 0;
        for (Backup backup : backups) {
            Optional<BackupName> name = BackupName.parse(backup.objectName());
            if (name.isEmpty()
                    || !backup.hasManifest()
                    || !name.get().chain().transforms().isEncrypted()) {
                continue;
            }
            try {
                Optional<Boolean> changed = rewrap(name.get());
                rewrapped += changed.orElse(false) ? 1 : 0;
                unchanged += changed.orElse(true) ? 0 : 1;
            } catch (IOException e) {
                Interruption.rethrow(e);
                if (failed++ < REASONS) {
                    failure = merge(failure, e);
                }
            }
        }
        if (failure != null) {
            throw new IOException(
                    failed + " backups could not be wrapped under the current key, " + (rewrapped + unchanged)
                            + " are; the first failure: " + failure.getMessage() + "; call again when it is mended",
                    failure);
        }
        return new RewrapReport(rewrapped, unchanged);
    }

    private static IOException merge(@Nullable IOException first, IOException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    /** Whether it was changed; empty if it is gone. */
    private Optional<Boolean> rewrap(BackupName name) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return rewrapOnce(name);
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (PreconditionFailedException e) {
                // Somebody else has rewrapped or removed it; then this one looks again.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Optional<Boolean> rewrapOnce(BackupName name) throws IOException {
        Optional<StorageObject> found = storage.stat(BackupName.manifestName(name.objectName()));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StoredManifest stored;
        try (InputStream in = storage.download(found.get(), ByteRange.all())) {
            stored = ManifestStore.read(name, in);
        }
        // An archive that is encrypted has no other: ManifestStore has compared the transforms.
        SealedManifest sealed = (SealedManifest) stored.document();
        if (keys.isCurrent(sealed)) {
            return Optional.of(false);
        }
        SealingKey key = keys.rewrap(sealed);
        try {
            Manifest manifest = sealed.open(key.data(), ManifestStore.describe(name));
            new ManifestStore(storage)
                    .write(
                            name.objectName(),
                            keys.encode(manifest, key),
                            PutCondition.ifMatch(found.get().etag()));
        } finally {
            key.data().destroy();
        }
        return Optional.of(true);
    }
}
