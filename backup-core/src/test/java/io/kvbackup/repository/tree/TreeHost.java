package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.ChunkCursor;
import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A process that takes incremental backups of a map, and a way to read them that trusts nothing but the store. */
final class TreeHost implements Closeable {
    static final Duration GRACE = Duration.ofHours(24);

    final StorageClient store;
    final ConcurrentNavigableMap<String, String> items = new ConcurrentSkipListMap<>();
    final Ticking clock = new Ticking();
    private final Path folder;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    Executor executor = threads;
    long packBytes = 256 << 10;
    OptionalInt chunkSize = OptionalInt.empty();
    Duration fullScanEvery = Duration.ofDays(7);
    /** Sets of which a scan has found what was not known. */
    final List<String> drifts = new ArrayList<>();

    boolean reuse = true;
    boolean spool;
    CommitCheck mayCommit = () -> {};
    BackupKeys keys = BackupKeys.none();
    SecureRandom random = new SecureRandom();
    private TreeBackupWriter writer;

    /** Goes on by 10 ms each time it is asked. */
    static final class Ticking extends Clock {
        Instant now = Instant.parse("2026-11-20T12:00:00Z");

        @Override
        public synchronized Instant instant() {
            now = now.plusMillis(10);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    TreeHost(StorageClient store, Path folder) {
        this.store = store;
        this.folder = folder;
        restart();
    }

    /** Forgets what the process remembers. */
    void restart() {
        restart(store);
    }

    /** The same, and reaches its store another way. */
    void restart(StorageClient way) {
        StorageClient marked = new MemoryStorageClient(); // the store itself holds backups and packs only
        StoreIdentity identity = new StoreIdentity(marked, StoreIdentity.Creation.EXPECTED, clock, new Random(1));
        NewBackups backups = new NewBackups(way, identity, "here", keys, clock, System::nanoTime);
        writer = new TreeBackupWriter(
                backups,
                new SeveralStores(executor, System::nanoTime),
                new TreeOptions(chunkSize, packBytes, GRACE, fullScanEvery, random, executor),
                (database, set) -> drifts.add(set));
    }

    void encrypt(EncryptionKeys with) {
        keys = BackupKeys.of(with, new SecureRandom());
        restart();
    }

    Database database() {
        return MapDatabase.builder("orders")
                .set("items", items, Codec.utf8(), Codec.utf8())
                .build();
    }

    BackupWriter.Request request() {
        return new BackupWriter.Request(
                "orders",
                Set.of("orders"),
                ArchiveShape.DATABASE,
                FormatChain.parse("tree.zst" + (keys.areConfigured() ? ".enc" : "")),
                folder,
                spool,
                reuse,
                Set.of(),
                ProgressListener.NONE,
                mayCommit,
                Optional.empty(),
                Optional.empty());
    }

    Backup backup() throws IOException {
        return backup(database());
    }

    Backup backup(Database database) throws IOException {
        return writer.write(request(), () -> SnapshotGroup.open(List.of(database), clock));
    }

    /** Into several stores, the first of which is this one's own. */
    Map<String, StoreOutcome> writeTo(Map<String, StorageClient> own, Map<String, StorageClient> others)
            throws IOException {
        Map<String, StorageClient> stores = new LinkedHashMap<>(own);
        stores.putAll(others);
        return writer.write(request(), () -> SnapshotGroup.open(List.of(database()), clock), stores);
    }

    TreeBackupWriter writer() {
        return writer;
    }

    /** Orders as the benchmark has them, about 190 bytes each when encoded. */
    void putOrders(int from, int to, int version) {
        for (int i = from; i < to; i++) {
            items.put(key(i), value(i, version));
        }
    }

    static String key(int number) {
        return String.format("order:%012d", number);
    }

    static String value(int number, int version) {
        Random random = new Random(31L * number + version);
        return String.format(
                "{\"customer\":\"customer-%06d\",\"status\":\"%s\",\"total\":%d.%02d,\"note\":\"%s\",\"version\":%d}",
                random.nextInt(1_000_000),
                random.nextBoolean() ? "SHIPPED" : "OPEN",
                random.nextInt(10_000),
                random.nextInt(100),
                Long.toString(random.nextLong(), 36) + " lorem ipsum dolor sit amet, consetetur sadipscing eli "
                        + Long.toString(random.nextLong(), 36),
                version);
    }

    StoredBackup stored(String objectName) throws IOException {
        return new BackupCatalog(store, keys).find(objectName);
    }

    Manifest manifest(Backup backup) throws IOException {
        return stored(backup.objectName()).manifest().orElseThrow();
    }

    TreeDocument document(Backup backup) throws IOException {
        return TreeDocuments.read(store, stored(backup.objectName()));
    }

    /** The root of the set; null if it is empty. */
    Digest root(Backup backup) throws IOException {
        return document(backup)
                .databases()
                .get(0)
                .root("items")
                .map(Ref::digest)
                .orElse(null);
    }

    /** Reads the backup from the store, and proves every digest on the way. */
    NavigableMap<String, String> read(Backup backup) throws IOException {
        return read(backup, "items");
    }

    NavigableMap<String, String> read(Backup backup, String set) throws IOException {
        NavigableMap<String, String> entries = new TreeMap<>();
        TreeDocument document = document(backup);
        try (Packs packs = new Packs(store, manifest(backup).packs(), document.packKeys())) {
            NodeReader nodes = new NodeReader(packs);
            List<Ref> roots = document.databases().get(0).root(set).stream().toList();
            Leaves leaves = new Leaves(roots, nodes, ref -> {}, (node, failure) -> {
                throw failure;
            });
            for (Ref chunk = leaves.next(); chunk != null; chunk = leaves.next()) {
                Ref ref = chunk;
                byte[] bytes = packs.read(
                        ref.place().pack(),
                        ref.place().frameOffset(),
                        ref.place().frameLength());
                PackCipher cipher = packs.cipher(ref.place().pack());
                byte[] frame = packs.with(reader -> reader.read(ref, bytes, 0, cipher));
                ChunkCursor.readAll(
                        ref, frame, (key, value) -> entries.put(new String(key, UTF_8), new String(value, UTF_8)));
            }
        }
        return entries;
    }

    /** Objects below a prefix, by name. */
    Map<String, Long> sizes(String prefix) throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (var objects = store.list(prefix)) {
            objects.forEach(object -> sizes.put(object.key(), object.size()));
        }
        return sizes;
    }

    List<StorageObject> packs() throws IOException {
        try (var objects = store.list("packs/")) {
            return objects.toList();
        }
    }

    long packBytes() throws IOException {
        return packs().stream().mapToLong(StorageObject::size).sum();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
