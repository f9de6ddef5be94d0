package io.kvbackup.verify;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.host.ManagerContext;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.CleanUp;
import io.kvbackup.repository.MarkStore;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.repository.tree.PackChecks;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies backups and stores the results. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final MarkStore marks;

    public Verifier(ManagerContext context, BackupCatalog catalog) {
        this.context = context;
        this.catalog = catalog;
        this.marks = new MarkStore(context.storage());
    }

    /** Verifies one backup and tells the job how far it has come. */
    public VerifyReport verify(String objectName, VerifyOptions options, ProgressListener job) throws IOException {
        return verify(objectName, options.alsoTelling(job), context.storage(), new PackChecks(context.clock()));
    }

    /**
     * @param storage archives are read from here; all other requests go through the manager's own client
     * @param packs remembers those that were read
     */
    VerifyReport verify(String objectName, VerifyOptions options, StorageClient storage, PackChecks packs)
            throws IOException {
        long start = context.nanoTime().getAsLong();
        try {
            StoredArchive found = catalog.findArchive(objectName);
            found.requireManifestOfTree();
            VerifyLadder.Outcome outcome = verify(found, options, verifier(storage, packs));
            Verification result =
                    result(options.level(), start, true, found.marks().nextSequence());
            boolean remembered = options.remember() && remember(objectName, result);
            return new VerifyReport(
                    catalog.describe(found), result, outcome.checks(), counts(outcome.counted()), remembered);
        } catch (CorruptBackupException e) {
            if (options.remember()) {
                remember(objectName, result(options.level(), start, false, 0));
            }
            throw e;
        }
    }

    private VerifyLadder.Outcome verify(StoredArchive found, VerifyOptions options, VerifyLadder ladder)
            throws IOException {
        if (options.level().compareTo(VerifyLevel.STORED) <= 0) {
            if (catalog.canOpen(found)) {
                catalog.open(found);
            }
            return ladder.verifyObjects(found, options.level(), options.remember());
        }
        try (EngineScratch ownKind = new EngineScratch(context.databases(), context.temporaryDirectory())) {
            return ladder.verify(catalog.open(found), options.level(), scratch(options, ownKind), options.progress());
        } catch (CorruptBackupException e) {
            if (options.remember() && found.name().chain().kind() == BackupKind.INCREMENTAL) {
                CleanUp.after(e, () -> ladder.markDamagedPacks(found));
            }
            throw e;
        }
    }

    /** @param sequence counted from the marks in the store before anything was read */
    private Verification result(VerifyLevel level, long start, boolean passed, long sequence) {
        Duration took = Duration.ofNanos(context.nanoTime().getAsLong() - start);
        return new Verification(level, context.clock().instant(), took, passed, sequence);
    }

    /** Verifying needs no right to write: the result stands even if the store does not take it. */
    private boolean remember(String objectName, Verification result) {
        if (BackupName.parse(objectName).isEmpty()) {
            return false;
        }
        try {
            marks.record(objectName, result);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("The outcome of verifying {} ({}) could not be kept in the store: {}", objectName, result, e, e);
            return false;
        }
    }

    private VerifyLadder verifier(StorageClient storage, PackChecks packs) {
        BackupReader reader = context.reader(storage);
        return new VerifyLadder(
                storage,
                reader,
                new RestoreDrill(storage, reader, context.nanoTime(), context.databases()::isRegistered),
                packs);
    }

    private RestoreDrill.Scratch scratch(VerifyOptions options, ScratchFactory ownKind) {
        return new RestoreDrill.Scratch(
                options.scratch().or(context::scratch).orElse(ownKind),
                options.inMemoryUpTo().orElse(Runtime.getRuntime().maxMemory() / 4));
    }

    private static Map<String, Map<String, Long>> counts(List<DatabaseContents> databases) {
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        databases.forEach(contents -> counts.put(contents.header().name(), contents.entryCounts()));
        return counts;
    }
}
