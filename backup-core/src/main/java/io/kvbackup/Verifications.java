package io.kvbackup;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.Verification;
import io.kvbackup.repository.ArchiveReader;
import io.kvbackup.repository.ArchiveRestore;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.RestoreDrill;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.Verifier;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Verifies backups and remembers what came out. */
final class Verifications {
    private final ManagerContext context;
    private final BackupCatalog catalog;

    Verifications(ManagerContext context, BackupCatalog catalog) {
        this.context = context;
        this.catalog = catalog;
    }

    VerifyReport verify(String objectName, VerifyOptions options) throws IOException {
        return verify(objectName, options, context.storage());
    }

    /** @param storage where archives are read; others requests go the manager's own way */
    VerifyReport verify(String objectName, VerifyOptions options, StorageClient storage) throws IOException {
        long start = context.nanoTime().getAsLong();
        StoredBackup backup = catalog.find(objectName);
        Verifier.Outcome outcome =
                verifier(storage).verify(backup, options.level(), scratch(options), options.progress());
        Duration took = Duration.ofNanos(context.nanoTime().getAsLong() - start);
        Verification result = new Verification(options.level(), context.clock().instant(), took, true);
        return new VerifyReport(backup.describe(), result, outcome.checks(), counts(outcome.counted()), false);
    }

    private Verifier verifier(StorageClient storage) {
        ArchiveReader reader = new ArchiveReader(storage, context.nanoTime(), context.executor());
        return new Verifier(
                reader,
                new RestoreDrill(new ArchiveRestore(reader), context.nanoTime(), context.databases()::isRegistered));
    }

    private RestoreDrill.Scratch scratch(VerifyOptions options) {
        Optional<ScratchFactory> ofHost = options.scratch().or(context::scratch);
        return ofHost.map(factory -> new RestoreDrill.Scratch(factory, Long.MAX_VALUE))
                .orElseGet(() -> new RestoreDrill.Scratch(
                        ScratchFactory.inMemory(),
                        options.inMemoryUpTo().orElse(Runtime.getRuntime().maxMemory() / 4)));
    }

    private static Map<String, Map<String, Long>> counts(List<DatabaseContents> databases) {
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        databases.forEach(contents -> counts.put(contents.header().name(), contents.entryCounts()));
        return counts;
    }
}
