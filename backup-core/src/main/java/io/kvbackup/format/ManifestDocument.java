package io.kvbackup.format;

import io.kvbackup.model.BackupKind;
import java.util.List;

/** A manifest as it lies in the store: readable, or sealed for those who have its key. */
public sealed interface ManifestDocument permits Manifest, SealedManifest {
    /**
     * The version of manifests, readable or sealed, of trees and of backups that stand in a change log: readers that
     * know neither know no such version.
     */
    int TREE_VERSION = 3;

    /** How the backup is stored. */
    BackupKind kind();

    /** The archive that is described; guards against a manifest that lies beside another archive. */
    String objectName();

    /** Name of the archive format. */
    String format();

    /** Extensions of the transforms, in the order in which they were applied. */
    List<String> transforms();

    /** The packs in which the backup's chunks and nodes lie; none if it is not a tree. */
    List<PackRecord> packs();

    /** The archive as it lies in the store. */
    StreamDigest stored();
}
