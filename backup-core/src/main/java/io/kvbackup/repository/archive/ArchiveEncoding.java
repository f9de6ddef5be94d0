package io.kvbackup.repository.archive;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ArchiveWriter;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.EncodedOutputStream;
import io.kvbackup.pipeline.HandoffOutputStream;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.storage.ContentWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Writes the archive of some snapshots, and its manifest along with it.
 *
 * <p>The calling thread scans, encodes and digests; compression, which takes about as long, and the digest and upload
 * of its output run on another.
 */
final class ArchiveEncoding implements ContentWriter {
    private final BackupName name;
    private final TransformContext context;
    private final Optional<BackupContents.Writer> by;
    private final BackupWriter.Request request;
    private final SnapshotGroup snapshots;
    private final Executor executor;
    private final ManifestSealer sealer;
    private final Function<List<DatabaseSnapshot>, ProgressMeter> meters;
    private final List<Manifest> manifests = new ArrayList<>();

    /** Makes what lies in the store of a manifest. */
    interface ManifestSealer {
        byte[] seal(Manifest manifest) throws IOException;
    }

    /**
     * @param context what the transforms need
     * @param by takes the backup
     * @param sealer makes the manifest's bytes; asked before the archive is whole, so that none is written without one
     * @param meters makes a meter for one pass over the snapshots
     */
    ArchiveEncoding(
            BackupName name,
            TransformContext context,
            Optional<BackupContents.Writer> by,
            BackupWriter.Request request,
            SnapshotGroup snapshots,
            Executor executor,
            ManifestSealer sealer,
            Function<List<DatabaseSnapshot>, ProgressMeter> meters) {
        this.name = name;
        this.context = context;
        this.by = by;
        this.request = request;
        this.snapshots = snapshots;
        this.executor = executor;
        this.sealer = sealer;
        this.meters = meters;
    }

    /** A snapshot shows the same entries each time it is read. */
    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        MeasuredOutputStream stored = new MeasuredOutputStream(out);
        try (EncodedOutputStream encoded = name.chain().transforms().encode(stored, context);
                HandoffOutputStream handoff = new HandoffOutputStream(encoded, executor)) {
            MeasuredOutputStream plain = new MeasuredOutputStream(handoff);
            CountingVisitor tally = scan(name.chain().archive().writer(plain, request.shape()));
            handoff.finish();
            encoded.finish();
            Manifest manifest = describe(tally, plain, stored);
            sealer.seal(manifest);
            manifests.add(manifest);
        }
    }

    private Manifest describe(CountingVisitor tally, MeasuredOutputStream plain, MeasuredOutputStream stored)
            throws IOException {
        return new Manifest(
                BackupKind.FULL,
                name.objectName(),
                name.chain().format(),
                name.chain().transforms().names(),
                List.of(),
                request.shape(),
                summary(tally),
                new StreamDigest(stored.count(), stored.sha256()),
                new StreamDigest(plain.count(), plain.sha256()),
                tally.databases(),
                request.logAt(snapshots),
                null,
                by);
    }

    /**
     * What digest the archive has before the transforms. As long as the snapshots hold the same, archives of one name
     * and format have the same.
     */
    StreamDigest plainDigest() throws IOException {
        MeasuredOutputStream plain = new MeasuredOutputStream(OutputStream.nullOutputStream());
        scan(name.chain().archive().writer(plain, request.shape()));
        return new StreamDigest(plain.count(), plain.sha256());
    }

    private CountingVisitor scan(ArchiveWriter writer) throws IOException {
        requireDescribable();
        ProgressMeter meter = meters.apply(snapshots.all());
        CountingVisitor tally = new CountingVisitor(writer, ArchiveEncoding::refuseDisorder, meter);
        for (DatabaseSnapshot snapshot : snapshots.all()) {
            DatabaseBackup header = snapshot.header();
            tally.beginDatabase(header.name());
            for (SetBackup set : header.sets().values()) {
                snapshot.readEntries(set.name(), KeyRange.all(), tally.beginSet(set));
                tally.endSet();
            }
            tally.endDatabase(header);
        }
        if (request.shape() == ArchiveShape.FULL) {
            tally.metadata(summary(tally));
        }
        writer.finish();
        meter.finish();
        return tally;
    }

    /** Far too many sets are refused before they are scanned. */
    private void requireDescribable() throws IOException {
        List<DatabaseBackup> headers = new ArrayList<>();
        for (DatabaseSnapshot snapshot : snapshots.all()) {
            headers.add(snapshot.header());
        }
        ManifestJson.requireDescribable(headers, name.objectName());
    }

    private static void refuseDisorder(String database, String set) throws IOException {
        throw new IOException(
                "database " + database + ", set " + set + ": the snapshot does not push its keys in ascending "
                        + "byte order, each once; its adapter breaks the contract of DatabaseSnapshot.readEntries");
    }

    private BackupMetadata summary(CountingVisitor tally) {
        return new BackupMetadata(
                name.timestamp(),
                BackupMetadata.CURRENT_VERSION,
                tally.databases().size(),
                tally.setCount(),
                tally.entryCount());
    }

    /** The manifest of the archive that was written last, whole. */
    Manifest manifest() {
        if (manifests.isEmpty()) {
            throw new IllegalStateException("no archive was written");
        }
        return manifests.get(manifests.size() - 1);
    }

    /**
     * The manifests of all archives that were written whole, one for each attempt: they differ if encryption, which
     * takes another salt each time, or a database that is scanned while it changes, made other bytes of them.
     */
    List<Manifest> manifests() {
        return List.copyOf(manifests);
    }
}
