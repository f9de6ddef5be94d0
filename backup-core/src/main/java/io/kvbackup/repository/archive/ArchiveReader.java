package io.kvbackup.repository.archive;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TooLargeException;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.pipeline.LimitedInputStream;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.pipeline.ReadAheadInputStream;
import io.kvbackup.repository.AllEntries;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.SetReader;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Reads archives, always from end to end. */
public final class ArchiveReader implements BackupReader {
    private final StorageClient storage;
    private final Executor executor;
    private final LongSupplier nanoTime;

    /** @param executor runs one task beside each reading; must be able to start it at once */
    public ArchiveReader(StorageClient storage, LongSupplier nanoTime, Executor executor) {
        this.storage = storage;
        this.nanoTime = nanoTime;
        this.executor = executor;
    }

    /** Indexes and settings may stand at the end of an archive, so one without a manifest is read whole. */
    @Override
    public StoredContents contents(StoredBackup backup) throws IOException {
        if (backup.manifest().isEmpty()) {
            return verify(backup, ProgressListener.NONE);
        }
        Manifest manifest = backup.manifest().get();
        return new StoredContents(manifest.shape(), manifest.metadata(), manifest.databases(), Set.of());
    }

    @Override
    public StoredContents read(StoredBackup backup, ReadScope scope, ArchiveVisitor to, ProgressListener listener)
            throws IOException {
        backup.requirePromisedSize();
        Set<String> unsorted = new HashSet<>();
        MeasuredInputStream stored = new MeasuredInputStream(storage.download(backup.archive(), ByteRange.all()));
        double size = Math.max(1, backup.archive().size());
        ProgressMeter meter = new ProgressMeter(listener, nanoTime, () -> stored.count() / size);
        CountingVisitor tally = new CountingVisitor(to, disorder(backup, unsorted), meter);
        try (stored) {
            ArchiveShape shape = readWhole(backup, stored, tally);
            meter.finish();
            BackupMetadata metadata = tally.metadata().orElseGet(() -> summary(backup, tally));
            return new StoredContents(shape, metadata, tally.databases(), unsorted);
        } catch (CorruptBackupException e) {
            throw new CorruptBackupException(
                    "archive " + backup.name().objectName() + " is damaged: " + e.getMessage(), e);
        } catch (TooLargeException e) {
            throw new TooLargeException(
                    "archive " + backup.name().objectName() + " cannot be read: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            if (tally.wasRefused()) {
                blameDamage(backup, e);
            }
            throw e;
        }
    }

    @Override
    public EntryCursor open(StoredBackup backup, String database, String set, KeyRange keys) throws IOException {
        contents(backup).require(backup.name().objectName(), database, set);
        SetReader whole = new SetReader(this);
        return ArchiveCursor.open(to -> whole.read(backup, database, set, keys, to, ProgressListener.NONE), executor);
    }

    @Override
    public AllEntries openAll(StoredBackup backup) throws IOException {
        return ArchiveCursor.open(to -> read(backup, ReadScope.EVERYTHING, to, ProgressListener.NONE), executor);
    }

    /** What refused an entry may have been right: if the archive is damaged, that is what must be said. */
    private void blameDamage(StoredBackup backup, Exception refusal) throws CorruptBackupException {
        try {
            verify(backup, ProgressListener.NONE);
        } catch (CorruptBackupException damage) {
            damage.addSuppressed(refusal);
            throw damage;
        } catch (IOException e) {
            refusal.addSuppressed(e);
        }
    }

    private ArchiveShape readWhole(StoredBackup backup, MeasuredInputStream stored, CountingVisitor tally)
            throws IOException {
        try (InputStream decoded = backup.name().chain().transforms().decode(stored, backup.context());
                MeasuredInputStream plain = new MeasuredInputStream(capped(decoded, backup));
                InputStream readAhead = new ReadAheadInputStream(plain, executor)) {
            ArchiveShape shape =
                    backup.name().chain().archive().read(readAhead, backup.fidelity(), backup.room(), tally);
            requireEnd(readAhead);
            if (backup.manifest().isPresent()) {
                check(backup.manifest().get(), shape, tally, stored, plain);
            }
            refuseDuplicates(tally.databases());
            return shape;
        }
    }

    private static BackupMetadata summary(StoredBackup backup, CountingVisitor tally) {
        return new BackupMetadata(
                backup.name().timestamp(),
                BackupMetadata.CURRENT_VERSION,
                tally.databases().size(),
                tally.setCount(),
                tally.entryCount());
    }

    private static InputStream capped(InputStream decoded, StoredBackup backup) {
        return backup.manifest().isPresent()
                ? new LimitedInputStream(
                        decoded,
                        backup.manifest().get().plain().bytes(),
                        "archive " + backup.name().objectName())
                : decoded;
    }

    private static CountingVisitor.DisorderHandler disorder(StoredBackup backup, Set<String> unsorted) {
        return (database, set) -> {
            if (backup.manifest().isPresent()) {
                throw new CorruptBackupException("keys out of order in database " + database + ", set " + set);
            }
            unsorted.add(set);
        };
    }

    private static void requireEnd(InputStream in) throws IOException {
        if (in.read() >= 0) {
            throw new CorruptBackupException("it goes on after its end");
        }
    }

    private static void check(
            Manifest manifest,
            ArchiveShape shape,
            CountingVisitor tally,
            MeasuredInputStream stored,
            MeasuredInputStream plain)
            throws CorruptBackupException {
        require("stored bytes and digest", manifest.stored(), new StreamDigest(stored.count(), stored.sha256()));
        require(
                "bytes and digest before compression",
                manifest.plain(),
                new StreamDigest(plain.count(), plain.sha256()));
        require("shape", manifest.shape(), shape);
        require("databases, sets and counts", manifest.databases(), tally.databases());
        if (tally.metadata().isPresent()) {
            require("summary", manifest.metadata(), tally.metadata().get());
        }
    }

    private static void require(String what, Object promised, Object found) throws CorruptBackupException {
        if (!promised.equals(found)) {
            throw new CorruptBackupException("the manifest promises " + promised + " as " + what + ", found " + found);
        }
    }

    private static void refuseDuplicates(List<DatabaseContents> databases) throws CorruptBackupException {
        Set<String> names = new HashSet<>();
        for (DatabaseContents contents : databases) {
            if (!names.add(contents.header().name())) {
                throw new CorruptBackupException(
                        "it holds database " + contents.header().name() + " twice");
            }
        }
    }
}
