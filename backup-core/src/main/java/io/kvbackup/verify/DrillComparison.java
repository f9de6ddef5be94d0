package io.kvbackup.verify;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ArchiveWriter;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.repository.archive.CountingVisitor;
import io.kvbackup.repository.tree.RootCheck;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads restored databases back and compares them with what they were given, set by set, and with what the source
 * recorded when its snapshot was read: written in the archive's format once more, with the manifest's headers, they
 * must have the length and digest that the archive has before compression. The format is deterministic, so nothing else
 * can. A tree is made anew, and its roots compared.
 */
final class DrillComparison {
    private final StorageClient storage;
    private final StoredBackup backup;
    private final StoredContents contents;
    private final ProgressMeter meter;

    DrillComparison(StorageClient storage, StoredBackup backup, StoredContents contents, ProgressMeter meter) {
        this.storage = storage;
        this.backup = backup;
        this.contents = contents;
        this.meter = meter;
    }

    void compare(Map<String, DigestingDatabase> restored) throws IOException {
        if (backup.name().chain().kind() == BackupKind.INCREMENTAL) {
            readBack(restored, new CountingVisitor(RootCheck.of(storage, backup, this::failed), this::disorder, meter));
        } else {
            compareArchive(restored);
        }
        meter.finish();
    }

    private void compareArchive(Map<String, DigestingDatabase> restored) throws IOException {
        MeasuredOutputStream plain = new MeasuredOutputStream(OutputStream.nullOutputStream());
        ArchiveWriter writer = backup.name().chain().archive().writer(plain, contents.shape());
        CountingVisitor tally = new CountingVisitor(writer, this::disorder, meter);
        readBack(restored, tally);
        if (contents.shape() == ArchiveShape.FULL) {
            tally.metadata(contents.metadata());
        }
        writer.finish();
        StreamDigest found = new StreamDigest(plain.count(), plain.sha256());
        Optional<StreamDigest> recorded = backup.manifest().map(Manifest::plain);
        if (recorded.isPresent() && !recorded.get().equals(found)) {
            throw failed(
                    "written in the archive's format again it gives " + found + ", recorded were " + recorded.get());
        }
    }

    private void readBack(Map<String, DigestingDatabase> restored, CountingVisitor tally) throws IOException {
        for (DatabaseContents each : contents.databases()) {
            readBack(each, Objects.requireNonNull(restored.get(each.header().name())), tally);
        }
    }

    private void readBack(DatabaseContents contents, DigestingDatabase database, CountingVisitor tally)
            throws IOException {
        DatabaseBackup header = contents.header();
        tally.beginDatabase(header.name());
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            for (SetBackup set : header.sets().values()) {
                EntryVisitor out = tally.beginSet(set);
                EntryDigest digest = new EntryDigest();
                if (snapshot.header().sets().containsKey(set.name())) {
                    snapshot.readEntries(set.name(), KeyRange.all(), (key, value) -> {
                        digest.visit(key, value);
                        out.visit(key, value);
                    });
                }
                tally.endSet();
                requireSame(header.name(), set.name(), database.given(set.name()), digest.result());
            }
            refuseOthers(header, snapshot);
        }
        tally.endDatabase(header);
    }

    private void requireSame(String name, String set, EntryDigest.Result given, EntryDigest.Result found)
            throws CorruptBackupException {
        String where = "database " + name + ", set " + set + ": ";
        if (given.entries() != found.entries()) {
            throw failed(where + given.entries() + " entries were restored, " + found.entries() + " are there");
        }
        if (!given.equals(found)) {
            throw failed(where + "its " + found.entries() + " entries are not those that were restored");
        }
    }

    private void refuseOthers(DatabaseBackup header, DatabaseSnapshot snapshot) throws IOException {
        for (String set : snapshot.header().sets().keySet()) {
            if (!header.sets().containsKey(set)) {
                EntryDigest digest = new EntryDigest();
                snapshot.readEntries(set, KeyRange.all(), digest);
                requireSame(header.name(), set, new EntryDigest().result(), digest.result());
            }
        }
    }

    private void disorder(String database, String set) throws IOException {
        throw failed("database " + database + ", set " + set + ": its keys come out of order");
    }

    private CorruptBackupException failed(String how) {
        return new CorruptBackupException("drill of " + backup.name().objectName()
                + ": the archive is intact, but the database that it was restored into is not what was backed up: "
                + how
                + ". Its adapter or codec loses data on restore: mend that before you rely on this backup");
    }
}
