package io.kvbackup.repository.tree;

import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies packs without a key: that they are there with their size, and that they have their digest. Remembers which
 * have it, so that a run over many backups reads a pack that they share once. Used by one thread.
 */
public final class PackChecks {
    private static final Logger LOG = LoggerFactory.getLogger(PackChecks.class);

    private final Clock clock;
    /** What is wrong with each pack that was read; empty if nothing is. */
    private final Map<Promise, Optional<String>> read = new HashMap<>();

    /** What manifests promise of a pack. How much of it is live differs from one to the next. */
    private record Promise(String name, StreamDigest stored) {}

    /** @param clock for the marks that damaged packs get */
    public PackChecks(Clock clock) {
        this.clock = clock;
    }

    /** @throws CorruptBackupException if a pack that the manifest names is not there, or has another size */
    public static void requireListed(StorageClient storage, ManifestDocument manifest) throws IOException {
        Map<String, Long> there = new HashMap<>();
        for (String folder : folders(manifest)) {
            try (Stream<StorageObject> objects = storage.list(folder)) {
                objects.forEach(object -> there.put(object.key(), object.size()));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        for (PackRecord pack : manifest.packs()) {
            Long size = there.get(pack.name());
            if (size == null || size != pack.stored().bytes()) {
                throw damaged(
                        manifest,
                        List.of("pack " + pack.name()
                                + (size == null
                                        ? " is gone"
                                        : " has " + size + " bytes, the" + " manifest says "
                                                + pack.stored().bytes())));
            }
        }
    }

    private static Set<String> folders(ManifestDocument manifest) throws CorruptBackupException {
        Set<String> folders = new LinkedHashSet<>();
        for (PackRecord pack : manifest.packs()) {
            folders.add(PackName.folder(Packs.nameOf(pack).database()));
        }
        return folders;
    }

    /**
     * Reads the packs of a backup that were not read before.
     *
     * @param mark whether a damaged pack gets a mark, so that no backup uses it any more
     * @throws CorruptBackupException if any is not as it was written; names all that are not
     */
    public void requireStored(StorageClient storage, ManifestDocument manifest, boolean mark) throws IOException {
        List<String> damages = new ArrayList<>();
        for (PackRecord pack : manifest.packs()) {
            Promise promise = new Promise(pack.name(), pack.stored());
            Optional<String> known = read.get(promise);
            if (known == null) {
                known = damage(storage, pack);
                read.put(promise, known);
                if (known.isPresent() && mark) {
                    markFailed(storage, pack);
                }
            }
            known.ifPresent(damages::add);
        }
        if (!damages.isEmpty()) {
            throw damaged(manifest, damages);
        }
    }

    private static Optional<String> damage(StorageClient storage, PackRecord pack) throws IOException {
        try (MeasuredInputStream in = new MeasuredInputStream(storage.download(pack.name(), ByteRange.all()))) {
            in.transferTo(OutputStream.nullOutputStream());
            StreamDigest found = new StreamDigest(in.count(), in.sha256());
            return found.equals(pack.stored())
                    ? Optional.empty()
                    : Optional.of("pack " + pack.name() + " has " + found + ", the manifest says " + pack.stored());
        } catch (NoSuchFileException e) {
            return Optional.of("pack " + pack.name() + " is gone");
        }
    }

    /** Verifying needs no right to write: whether the store takes the mark does not change what was found. */
    private void markFailed(StorageClient storage, PackRecord pack) {
        try {
            PackName.Mark mark = new PackName.Mark(Packs.nameOf(pack), PackName.MarkKind.FAILED, clock.instant());
            storage.upload(mark.objectName(), ContentWriter.of(new byte[0]), PutCondition.none());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "Pack {} is damaged, and the mark that keeps backups from using it could not be written: {}",
                    pack.name(),
                    e,
                    e);
        }
    }

    private static CorruptBackupException damaged(ManifestDocument manifest, List<String> damages) {
        return new CorruptBackupException("backup " + manifest.objectName() + " is damaged: "
                + String.join("; ", damages) + "; the next backup of kind INCREMENTAL stores again what they held,"
                + " as far as the live database still has it");
    }
}
