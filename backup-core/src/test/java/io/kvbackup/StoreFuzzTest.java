package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.Backup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** A store in which anything was changed: every call of a manager returns, or throws what it says. */
class StoreFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> REFUSED = Set.of(IOException.class);
    private static final String OTHER = "backups/db/2020-11-20T12:00:00.000Z.json";

    private final MemoryStorageClient store = new MemoryStorageClient();
    /** Passes at once where a manager would wait for a lease. */
    private final AtomicLong waited = new AtomicLong();

    private final List<BackupManager> managers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (BackupManager manager : managers) {
            manager.close();
        }
    }

    @Override
    protected int rounds() {
        return 150;
    }

    private static String name(boolean encrypted) {
        return encrypted ? "secret" : "db";
    }

    private BackupManager manager(boolean encrypted) throws IOException {
        ConcurrentMap<String, String> live = new ConcurrentHashMap<>(Map.of("k", "v"));
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(store)
                .time(() -> System.nanoTime() + waited.get(), pause -> waited.addAndGet(pause.toNanos()))
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .database(MapDatabase.builder(name(encrypted))
                        .set("s", live, Codec.utf8(), Codec.utf8())
                        .index(new IndexBackup("i", "s", "f", 0, List.of("a")))
                        .auth(new AuthBackup("u", "p", true))
                        .build());
        BackupManager manager = encrypted
                ? builder.encryption(EncryptionKeys.ofRaw("k", new byte[32])).build()
                : builder.build();
        managers.add(manager);
        return manager;
    }

    @Override
    protected List<FuzzTarget> targets() throws IOException {
        BackupManager plain = manager(false);
        BackupManager encrypted = manager(true);
        plain.planPrune(RetentionPolicy.builder().keepLast(9).build()).execute();
        List<FuzzTarget> targets = new ArrayList<>();
        for (BackupManager manager : List.of(plain, encrypted)) {
            Backup backup = manager.backupDatabase(name(manager == encrypted));
            String manifest = backup.objectName() + ".manifest.json";
            Mutator mutator =
                    Mutations.json().then((bad, random) -> reseal(bad)).or(Mutations.bytes());
            targets.add(new FuzzTarget(
                    "store with manifest " + manifest,
                    List.of(get(manifest)),
                    mutator,
                    bytes -> withObject(manifest, bytes, () -> everything(manager, backup)),
                    REFUSED));
            targets.add(new FuzzTarget(
                    "store with archive " + backup.objectName(),
                    List.of(get(backup.objectName())),
                    Mutations.bytes().or(Mutations.numbers()),
                    bytes -> withObject(backup.objectName(), bytes, () -> everything(manager, backup)),
                    REFUSED));
        }
        targets.add(new FuzzTarget(
                "store with lease",
                List.of(get("leases/prune.json")),
                Mutations.json().or(Mutations.bytes()),
                bytes -> withObject(
                        "leases/prune.json",
                        bytes,
                        () -> plain.planPrune(
                                        RetentionPolicy.builder().keepLast(9).build())
                                .execute()),
                REFUSED));
        targets.add(new FuzzTarget(
                "store with other names",
                List.of(OTHER.getBytes(UTF_8), (OTHER + ".verified.DIGEST.2020-11-20T12:00:00.000Z.1").getBytes(UTF_8)),
                Mutations.words().or(Mutations.bytes()),
                bytes -> withName(new String(bytes, UTF_8), plain),
                Set.of()));
        return targets;
    }

    private interface Work {
        void run() throws Exception;
    }

    private byte[] get(String key) throws IOException {
        try (InputStream in = store.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    private void withObject(String key, byte[] content, Work work) throws Exception {
        byte[] good = get(key);
        store.upload(key, ContentWriter.of(content), PutCondition.none());
        try {
            work.run();
        } finally {
            store.upload(key, ContentWriter.of(good), PutCondition.none());
        }
    }

    /** Whatever else lies in the store, and whatever it is called, does no harm. */
    private void withName(String name, BackupManager manager) throws Exception {
        try {
            StorageKey.require(name);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (store.stat(name).isPresent()) {
            return;
        }
        store.upload(name, ContentWriter.of("x".getBytes(UTF_8)), PutCondition.none());
        try {
            manager.listBackups();
            manager.health();
            manager.planPrune(RetentionPolicy.builder().keepLast(9).build());
        } finally {
            store.delete(List.of(name));
        }
    }

    private static void everything(BackupManager manager, Backup backup) throws IOException {
        manager.listBackups();
        manager.health();
        manager.planPrune(RetentionPolicy.builder().keepLast(9).build());
        IOException failure = null;
        for (Attempt attempt : List.<Attempt>of(
                () -> manager.verify(
                        backup.objectName(),
                        VerifyOptions.builder()
                                .level(VerifyLevel.DRILL)
                                .remember(false)
                                .build()),
                () -> manager.restoreDatabase(backup.objectName()),
                () -> manager.restoreLatest(backup.database()),
                () -> manager.copyBackup(backup.objectName(), new MemoryStorageClient()))) {
            try {
                attempt.run();
            } catch (IOException e) {
                failure = e;
            } catch (IllegalArgumentException e) {
                // The manifest, sealed anew, may name a database that this host does not have.
                if (!e.getMessage().startsWith("no database '")) {
                    throw e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static byte[] reseal(byte[] manifest) {
        String text = new String(manifest, StandardCharsets.UTF_8);
        int seal = text.lastIndexOf(",\"manifestSha256\"");
        String body = seal < 0 ? text : text.substring(0, seal);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8));
            return (body + ",\"manifestSha256\":\"" + HexFormat.of().formatHex(digest) + "\"}").getBytes(UTF_8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
