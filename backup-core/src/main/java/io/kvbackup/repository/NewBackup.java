package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.model.BackupContents;
import io.kvbackup.pipeline.TransformContext;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * A backup that is about to be written: its name, and its key if it is encrypted. Closing destroys the key.
 *
 * @param name has been given to no other backup of this manager
 * @param key encrypts it
 * @param keys made the key
 * @param writer takes the backup
 */
public record NewBackup(BackupName name, Optional<SealingKey> key, BackupKeys keys, BackupContents.Writer writer)
        implements Closeable {
    /** What the transforms of its archive need. */
    public TransformContext context() {
        TransformContext plain = TransformContext.of(name.objectName());
        return key.map(sealing -> plain.withKey(sealing.data())).orElse(plain);
    }

    /** What lies in the store of a manifest. */
    public byte[] seal(Manifest manifest) throws IOException {
        return key.isPresent() ? keys.encode(manifest, key.get()) : ManifestJson.encode(manifest);
    }

    @Override
    public void close() {
        key.ifPresent(used -> used.data().destroy());
    }
}
