package io.kvbackup.copy;

import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.CleanUp;
import io.kvbackup.repository.tree.PackName;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies the packs of a backup that the target lacks, verified at both ends. A pack that is there was verified when it
 * came; one that a verification has found damaged since comes once more. Used by one thread.
 */
final class PackCopier {
    private final StorageClient source;
    private final StorageClient target;
    private final Optional<BackupCopier.InsideCopy> inside;
    private final ManifestDocument manifest;
    private final CopyMeter meter;

    PackCopier(
            StorageClient source,
            StorageClient target,
            Optional<BackupCopier.InsideCopy> inside,
            ManifestDocument manifest,
            CopyMeter meter) {
        this.source = source;
        this.target = target;
        this.inside = inside;
        this.manifest = manifest;
        this.meter = meter;
    }

    /** What lies in the folders of the packs. */
    private final class Listing {
        private final Map<String, StorageObject> objects = new HashMap<>();
        private final Map<String, List<PackName.Mark>> marks = new HashMap<>();

        Listing() throws IOException {
            Set<String> folders = new LinkedHashSet<>();
            for (PackRecord pack : manifest.packs()) {
                folders.add(PackName.folder(name(pack).database()));
            }
            for (String folder : folders) {
                try (Stream<StorageObject> all = target.list(folder)) {
                    all.forEach(this::add);
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        }

        private void add(StorageObject object) {
            objects.put(object.key(), object);
            PackName.parseMark(object.key())
                    .ifPresent(mark -> marks.computeIfAbsent(mark.pack().objectName(), any -> new ArrayList<>())
                            .add(mark));
        }

        /** A prune of the target decides about such a pack without looking again: it must not be relied upon. */
        void refuseRemoved(PackRecord pack) throws IOException {
            for (PackName.Mark mark : marks.getOrDefault(pack.name(), List.of())) {
                if (mark.kind() == PackName.MarkKind.REMOVED) {
                    throw new IOException("cannot copy " + manifest.objectName() + " into " + target + ": a prune there"
                            + " is about to remove pack " + pack.name()
                            + ", which it needs; copy again when later prunes, a grace period on, have removed it");
                }
            }
        }

        List<String> failures(PackRecord pack) {
            return marks.getOrDefault(pack.name(), List.of()).stream()
                    .filter(mark -> mark.kind() == PackName.MarkKind.FAILED)
                    .map(PackName.Mark::objectName)
                    .toList();
        }

        boolean holds(PackRecord pack) {
            StorageObject there = objects.get(pack.name());
            return there != null && there.size() == pack.stored().bytes();
        }
    }

    private static PackName name(PackRecord pack) throws CorruptBackupException {
        return PackName.parse(pack.name())
                .orElseThrow(() -> new CorruptBackupException(
                        "a manifest names a pack '" + pack.name() + "', which no version here writes"));
    }

    /** Brings the packs that are not there. */
    void copyMissing() throws IOException {
        Listing there = new Listing();
        List<PackRecord> missing = new ArrayList<>();
        for (PackRecord pack : manifest.packs()) {
            there.refuseRemoved(pack);
            if (!there.holds(pack) || !there.failures(pack).isEmpty()) {
                missing.add(pack);
                meter.expect(pack.stored().bytes());
            }
        }
        for (PackRecord pack : missing) {
            List<String> failures = there.failures(pack);
            if (there.objects.containsKey(pack.name()) && failures.isEmpty()) {
                throw new FileAlreadyExistsException(
                        pack.name(),
                        null,
                        "cannot copy into " + target + ": there is a pack of that name and another size; if it was cut,"
                                + " verify a backup there that needs it, which marks it as damaged, and copy again");
            }
            copy(pack, failures.isEmpty() ? PutCondition.ifAbsent() : PutCondition.none());
            target.delete(failures);
        }
    }

    private void copy(PackRecord pack, PutCondition condition) throws IOException {
        StorageObject copied;
        boolean ours = true;
        if (inside.isPresent()) {
            requireGood(pack);
            inside.get().copy(pack.name());
            copied = there(pack);
        } else {
            try {
                copied = target.upload(pack.name(), new Transfer(pack), condition);
            } catch (PreconditionFailedException e) {
                // Somebody else copies the same pack, or the reply to an upload of ours was lost.
                copied = there(pack);
                ours = false;
            }
        }
        StreamDigest found = meter.drain(target.download(copied, ByteRange.all()));
        if (!found.equals(pack.stored()) && !ours) {
            throw new CorruptBackupException("somebody else has put a pack " + pack.name() + " into " + target
                    + ", which has " + found + ", expected " + pack.stored()
                    + "; verify a backup there that needs it, which marks it as damaged, and copy again");
        }
        if (!found.equals(pack.stored())) {
            CorruptBackupException damage = new CorruptBackupException("the copy of pack " + pack.name() + " in "
                    + target + " has " + found + ", expected " + pack.stored() + "; it was removed again");
            CleanUp.after(damage, () -> target.delete(List.of(pack.name())));
            throw damage;
        }
    }

    /** Before a copy inside the store, which replaces what is there: salvage may still read from that. */
    private void requireGood(PackRecord pack) throws IOException {
        new Transfer(pack).writeTo(OutputStream.nullOutputStream());
    }

    private StorageObject there(PackRecord pack) throws IOException {
        return target.stat(pack.name())
                .orElseThrow(() -> new IOException("the copy of pack " + pack.name() + " in " + target
                        + " is gone as soon as it was made; does something else delete there?"));
    }

    /** Looks again, when the backup exists: a prune may have begun to remove a pack. */
    void requireComplete() throws IOException {
        Listing there = new Listing();
        for (PackRecord pack : manifest.packs()) {
            there.refuseRemoved(pack);
            if (!there.holds(pack) && target.stat(pack.name()).isEmpty()) {
                throw new IOException("the copy of " + manifest.objectName() + " in " + target + " lost pack "
                        + pack.name() + " while it was made; copy again");
            }
        }
    }

    /** A pack as content; ends in an exception, so that nothing is published, if it is damaged. */
    private final class Transfer implements ContentWriter {
        private final PackRecord pack;

        Transfer(PackRecord pack) {
            this.pack = pack;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            StreamDigest sent = meter.transfer(source.download(pack.name(), ByteRange.all()), out);
            if (!sent.equals(pack.stored())) {
                throw new CorruptBackupException("pack " + pack.name() + " has " + sent + ", the manifest of "
                        + manifest.objectName() + " promises " + pack.stored() + "; it was not copied");
            }
        }
    }
}
