package io.kvbackup.repository.tree;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.TreeDocumentJson;
import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.PackWriter;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.format.tree.TreeBuilder;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.pipeline.EncodedOutputStream;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.SealingKey;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes trees into a store, in the simplest way that makes real ones: to test what reads them. */
public final class TreeStore {
    private static final String KEY_ID = "lineage-1";

    private final StorageClient storage;
    private final BackupKeys keys;
    private final Optional<DataKey> packKey;
    private final long packBytes;
    private final int chunkSize;
    private final Map<PackId, PackRecord> packs = new HashMap<>();
    /** By set and last key: what a later backup can use again. */
    private final Map<String, Map<String, Ref>> known = new HashMap<>();

    private final Set<PackId> unusable = new HashSet<>();
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");

    /** @param encryption null for trees that are not encrypted */
    public TreeStore(StorageClient storage, @Nullable EncryptionKeys encryption, long packBytes, int chunkSize) {
        this.storage = storage;
        this.keys = encryption == null ? BackupKeys.none() : BackupKeys.of(encryption, new SecureRandom());
        this.packKey = encryption == null ? Optional.empty() : Optional.of(DataKey.random(new SecureRandom()));
        this.packBytes = packBytes;
        this.chunkSize = chunkSize;
    }

    public TreeStore(StorageClient storage) {
        this(storage, null, 1 << 20, Chunker.DEFAULT_SIZE);
    }

    /** Takes its backups after this moment. */
    public TreeStore after(Instant moment) {
        now = moment;
        return this;
    }

    /** Entries that are ordered as those of sets are. */
    public static NavigableMap<byte[], byte[]> entries() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    /** The packs written so far. */
    public Set<PackId> packs() {
        return packs.keySet();
    }

    /** What is in there is stored again from now on. */
    public void mustNotUse(PackId pack) {
        unusable.add(pack);
    }

    public BackupCatalog catalog() {
        return new BackupCatalog(storage, keys);
    }

    /** Takes a backup of one database, and finds it again. */
    public StoredBackup write(String database, Map<String, NavigableMap<byte[], byte[]>> sets) throws IOException {
        return write(database, Map.of(database, sets), ArchiveShape.DATABASE);
    }

    /** Takes a backup of all databases. */
    public StoredBackup writeAll(Map<String, Map<String, NavigableMap<byte[], byte[]>>> databases) throws IOException {
        return write("full", databases, ArchiveShape.FULL);
    }

    private StoredBackup write(
            String folder, Map<String, Map<String, NavigableMap<byte[], byte[]>>> databases, ArchiveShape shape)
            throws IOException {
        now = now.plusSeconds(60);
        String chain = packKey.isPresent() ? "tree.zst.enc" : "tree.zst";
        BackupName name = BackupName.of(folder, now, FormatChain.parse(chain));
        Writing writing = new Writing(folder);
        List<TreeDocument.Tree> trees = new ArrayList<>();
        Map<String, Map<String, Optional<Ref>>> roots = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, NavigableMap<byte[], byte[]>>> each : databases.entrySet()) {
            Map<String, Optional<Ref>> its = new LinkedHashMap<>();
            for (Map.Entry<String, NavigableMap<byte[], byte[]>> set :
                    each.getValue().entrySet()) {
                its.put(
                        set.getKey(),
                        writing.set(
                                shape == ArchiveShape.FULL ? each.getKey() + "/" + set.getKey() : set.getKey(),
                                set.getValue()));
            }
            roots.put(each.getKey(), its);
        }
        writing.finishPack();
        roots.forEach((database, its) -> {
            List<SetBackup> headers = its.keySet().stream()
                    .map(set -> new SetBackup(set, Encoding.TEXT, Encoding.TEXT))
                    .toList();
            Map<String, Ref> present = new LinkedHashMap<>();
            its.forEach((set, root) -> root.ifPresent(there -> present.put(set, there)));
            trees.add(new TreeDocument.Tree(DatabaseBackup.of(database, headers, List.of(), null), present));
        });
        commit(name, shape, trees, writing.used);
        StoredBackup backup = catalog().find(name.objectName());
        learn(backup, shape);
        return backup;
    }

    private void commit(BackupName name, ArchiveShape shape, List<TreeDocument.Tree> trees, Set<PackId> used)
            throws IOException {
        List<DatabaseContents> contents =
                trees.stream().map(TreeDocument.Tree::contents).toList();
        BackupMetadata metadata = new BackupMetadata(
                now,
                BackupMetadata.CURRENT_VERSION,
                contents.size(),
                contents.stream().mapToInt(each -> each.entryCounts().size()).sum(),
                contents.stream().mapToLong(DatabaseContents::entryCount).sum());
        TreeDocument document = new TreeDocument(
                chunkSize,
                packKey.map(key -> Map.of(KEY_ID, key)).orElse(Map.of()),
                trees,
                shape == ArchiveShape.FULL ? Optional.of(metadata) : Optional.empty());
        byte[] json = TreeDocumentJson.encode(document, name.objectName());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MeasuredOutputStream stored = new MeasuredOutputStream(out);
        MeasuredOutputStream plain;
        Optional<SealingKey> key = packKey.isPresent() ? Optional.of(keys.create(name.objectName())) : Optional.empty();
        TransformContext context = TransformContext.of(name.objectName());
        try (EncodedOutputStream encoded = name.chain()
                .transforms()
                .encode(
                        stored,
                        key.map(sealing -> context.withKey(sealing.data())).orElse(context))) {
            plain = new MeasuredOutputStream(encoded);
            plain.write(json);
            plain.flush();
            encoded.finish();
        }
        Manifest manifest = new Manifest(
                BackupKind.INCREMENTAL,
                name.objectName(),
                name.chain().format(),
                name.chain().transforms().names(),
                used.stream().map(packs::get).toList(),
                shape,
                metadata,
                new StreamDigest(stored.count(), stored.sha256()),
                new StreamDigest(plain.count(), plain.sha256()),
                contents,
                null);
        put(name.objectName(), out.toByteArray());
        put(
                BackupName.manifestName(name.objectName()),
                key.isPresent() ? keys.encode(manifest, key.get()) : ManifestJson.encode(manifest));
    }

    private void put(String key, byte[] bytes) throws IOException {
        storage.upload(key, ContentWriter.of(bytes), PutCondition.ifAbsent());
    }

    private void learn(StoredBackup backup, ArchiveShape shape) throws IOException {
        TreeDocument document = TreeDocuments.read(storage, backup);
        try (Packs read = new Packs(storage, backup.manifest().orElseThrow().packs(), document.packKeys())) {
            for (TreeDocument.Tree tree : document.databases()) {
                for (String set : tree.header().sets().keySet()) {
                    Map<String, Ref> refs = new HashMap<>();
                    try (TreeWalk walk = new TreeWalk(
                            List.of(tree.root(set)),
                            io.kvbackup.database.KeyRange.all(),
                            read,
                            Rescue.NONE,
                            Runnable::run)) {
                        for (Item item = walk.leaves().next();
                                item != null;
                                item = walk.leaves().next()) {
                            refs.put(Arrays.toString(item.ref().lastKey()), item.ref());
                        }
                    }
                    known.put(shape == ArchiveShape.FULL ? tree.header().name() + "/" + set : set, refs);
                }
            }
        }
    }

    private final class Writing {
        private final String folder;
        private final Set<PackId> used = new HashSet<>();
        private ByteArrayOutputStream out = new ByteArrayOutputStream();
        private @Nullable PackWriter pack;

        Writing(String folder) {
            this.folder = folder;
        }

        Optional<Ref> set(String set, NavigableMap<byte[], byte[]> entries) throws IOException {
            Map<String, Ref> old = known.getOrDefault(set, Map.of());
            TreeBuilder builder = new TreeBuilder((level, refs) -> used(Node.holding(refs)
                            .filter(ref -> !unusable.contains(ref.place().pack())))
                    .orElseGet(() -> addNode(set, level, refs)));
            Chunker chunker = new Chunker(chunkSize, "test", chunk -> {
                Ref same = old.get(Arrays.toString(chunk.lastKey()));
                boolean reusable = same != null
                        && chunk.isMeantBy(same)
                        && !unusable.contains(same.place().pack());
                builder.add(used(Optional.of(reusable ? same : addChunk(set, chunk)))
                        .orElseThrow());
            });
            for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
                chunker.visit(entry.getKey(), entry.getValue());
            }
            chunker.finish();
            return builder.finish();
        }

        private Optional<Ref> used(Optional<Ref> ref) {
            ref.ifPresent(there -> used.add(there.place().pack()));
            return ref;
        }

        private Ref addNode(String set, int level, List<Ref> refs) {
            try {
                return used(Optional.of(pack().addNode(set, level, refs))).orElseThrow();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private Ref addChunk(String set, Chunk chunk) throws IOException {
            if (pack != null && pack.reaches(packBytes)) {
                finishPack();
            }
            return pack().add(set, chunk);
        }

        private PackWriter pack() throws IOException {
            PackWriter current = pack;
            if (current == null) {
                out = new ByteArrayOutputStream();
                PackId id = new PackId(now.toEpochMilli(), packs.size() + 1L);
                PackCipher cipher = packKey.map(
                                key -> PackCipher.forWriting(key, objectName(folder, id), id, new SecureRandom()))
                        .orElse(null);
                current = new PackWriter(out, id, cipher, Runnable::run);
                pack = current;
            }
            return current;
        }

        void finishPack() throws IOException {
            PackWriter current = pack;
            if (current == null) {
                return;
            }
            current.finish();
            current.close();
            pack = null;
            String name = objectName(folder, current.id());
            MeasuredOutputStream measured = new MeasuredOutputStream(java.io.OutputStream.nullOutputStream());
            measured.write(out.toByteArray());
            packs.put(
                    current.id(),
                    new PackRecord(
                            name,
                            new StreamDigest(measured.count(), measured.sha256()),
                            measured.count(),
                            packKey.isPresent() ? KEY_ID : null));
            put(name, out.toByteArray());
        }
    }

    public static String objectName(String folder, PackId id) {
        return new PackName(folder, id).objectName();
    }
}
