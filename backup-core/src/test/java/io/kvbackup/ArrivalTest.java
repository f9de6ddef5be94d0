package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T32: what protects a backup is there before the backup is, whichever request fails, on every way into a store. */
class ArrivalTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys keys = EncryptedHost.raw("k1");
    private final String foreign = "backups/orders/2026-11-20T12:00:00Z.json";

    private BackupManager manager;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws IOException {
        manager = host.manager(keys);
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    /** How a backup comes into a store, and which marks it brings. */
    enum Way {
        COPY,
        COPY_WITHOUT_MANIFEST,
        UPLOAD,
        UPLOAD_ENCRYPTED,
        ALSO_TO;

        Set<String> marks() {
            return switch (this) {
                case COPY, COPY_WITHOUT_MANIFEST -> Set.of(".pinned", ".tag.release");
                case UPLOAD, UPLOAD_ENCRYPTED -> Set.of(".pinned");
                case ALSO_TO -> Set.of(".tag.release");
            };
        }

        boolean hasManifest() {
            return this != COPY_WITHOUT_MANIFEST && this != UPLOAD;
        }
    }

    /** What brings one backup into a store. */
    private interface Bringing {
        void into(StorageClient target) throws IOException;
    }

    /** Fails one request, or one and all after it, and looks after each what is there. */
    private static final class Failing extends ForwardingStorageClient {
        private final MemoryStorageClient inner;
        private final Way way;
        private final int failing;
        private final boolean done;
        private final boolean forGood;
        private int requests;

        Failing(MemoryStorageClient inner, Way way, int failing, boolean done, boolean forGood) {
            super(inner);
            this.inner = inner;
            this.way = way;
            this.failing = failing;
            this.done = done;
            this.forGood = forGood;
        }

        private interface Request<T> {
            T send() throws IOException;
        }

        private <T> T count(Request<T> request) throws IOException {
            int number = ++requests;
            boolean fails = number == failing || (forGood && number > failing);
            if (fails && !done) {
                throw new AccessDeniedException("request " + number);
            }
            T result = request.send();
            requireProtected(inner, way);
            if (fails) {
                throw new AccessDeniedException("request " + number + ", after it was done");
            }
            return result;
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            return count(() -> super.upload(key, content, condition));
        }

        @Override
        public void delete(Collection<String> keys) throws IOException {
            count(() -> {
                super.delete(keys);
                return true;
            });
        }

        @Override
        public Optional<StorageObject> stat(String key) throws IOException {
            return count(() -> super.stat(key));
        }
    }

    private static List<String> keys(StorageClient store) throws IOException {
        try (Stream<StorageObject> all = store.list("backups/")) {
            return all.map(StorageObject::key).toList();
        }
    }

    /** What makes a backup exist is never there without its marks, unless a tombstone says that it is going. */
    private static void requireProtected(StorageClient store, Way way) throws IOException {
        List<String> keys = keys(store);
        Set<String> archives = keys.stream()
                .filter(key -> key.endsWith(way.hasManifest() ? ".manifest.json" : ".json"))
                .map(key -> way.hasManifest() ? key.substring(0, key.length() - ".manifest.json".length()) : key)
                .collect(Collectors.toSet());
        for (String archive : archives) {
            assertThat(keys)
                    .containsAll(way.marks().stream().map(archive::concat).toList());
        }
    }

    private Bringing bringing(Way way) throws IOException {
        Path file = folder.resolve("archive");
        if (way == Way.ALSO_TO) {
            return target -> manager.backupDatabase(
                    "orders",
                    BackupOptions.builder()
                            .tag("release")
                            .alsoTo("second", target)
                            .build());
        }
        String name = way.hasManifest() ? manager.backupDatabase("orders").objectName() : foreign;
        if (!way.hasManifest()) {
            byte[] archive = "{\"name\":\"orders\"}".getBytes(StandardCharsets.UTF_8);
            host.storage.upload(foreign, ContentWriter.of(archive), PutCondition.none());
        }
        manager.marks().pin(name);
        manager.marks().tag(name, "release");
        manager.downloadFile(name, file);
        return way == Way.COPY || way == Way.COPY_WITHOUT_MANIFEST
                ? target -> manager.copyBackup(name, target)
                : target -> {
                    try (BackupManager there = host.builder(keys, target).build()) {
                        there.uploadFile(name, file);
                    }
                };
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whicheverRequestFailsNothingIsThereWithoutWhatProtectsIt(Way way) throws IOException {
        Bringing bringing = bringing(way);
        MemoryStorageClient whole = new MemoryStorageClient();
        Failing counting = new Failing(whole, way, Integer.MAX_VALUE, false, false);
        bringing.into(counting);
        requireComplete(whole, way);
        assertThat(counting.requests).isGreaterThan(1);
        for (int request = 1; request <= counting.requests; request++) {
            for (boolean done : List.of(false, true)) {
                for (boolean forGood : List.of(false, true)) {
                    MemoryStorageClient target = new MemoryStorageClient();
                    Failing failing = new Failing(target, way, request, done, forGood);
                    try {
                        bringing.into(failing);
                    } catch (IOException expected) {
                        assertThat(expected).hasStackTraceContaining("request");
                    }
                    requireProtected(target, way);
                    if (!done && !forGood) {
                        assertThat(keys(target))
                                .as("%s, request %d failed once", way, request)
                                .satisfiesAnyOf(
                                        keys -> assertThat(keys).isEmpty(), keys -> requireComplete(target, way));
                    }
                    if (way == Way.COPY || way == Way.COPY_WITHOUT_MANIFEST) {
                        completeUnlessBuried(bringing, target, way);
                    }
                }
            }
        }
    }

    private static void completeUnlessBuried(Bringing bringing, StorageClient target, Way way) throws IOException {
        if (keys(target).stream().noneMatch(key -> key.contains(".removed."))) {
            bringing.into(target);
            requireComplete(target, way);
        }
    }

    private static void requireComplete(StorageClient store, Way way) {
        try {
            assertThat(keys(store))
                    .hasSize(1 + (way.hasManifest() ? 1 : 0) + way.marks().size());
            requireProtected(store, way);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The case of the issue: pins and tags are what the store refuses. */
    @Test
    void aCopyWhoseMarksFailDoesNotExist() throws IOException {
        MemoryStorageClient target = new MemoryStorageClient();
        StorageClient refusing = new ForwardingStorageClient(target) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".pinned")) {
                    throw new AccessDeniedException(key);
                }
                return super.upload(key, content, condition);
            }
        };
        assertThatThrownBy(() -> bringing(Way.COPY).into(refusing)).isInstanceOf(AccessDeniedException.class);
        assertThat(keys(target)).isEmpty();
    }

    /** Two copy the same; the one that fails does not take away what the other has made of its archive. */
    @Test
    void aCopyThatFailsLeavesABackupThatAnotherHasConfirmed() throws IOException {
        Bringing bringing = bringing(Way.COPY);
        MemoryStorageClient target = new MemoryStorageClient();
        List<String> refused = new ArrayList<>();
        StorageClient overtaken = new ForwardingStorageClient(target) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.endsWith(".pinned") && refused.isEmpty()) {
                    refused.add(key);
                    bringing.into(target);
                    throw new AccessDeniedException(key);
                }
                return super.upload(key, content, condition);
            }
        };
        assertThatThrownBy(() -> bringing.into(overtaken)).isInstanceOf(AccessDeniedException.class);
        requireComplete(target, Way.COPY);
        try (BackupManager there = host.builder(keys, target).build()) {
            Backup copy = there.listBackups().get(0);
            assertThat(copy.isPinned()).isTrue();
            there.verify(copy.objectName());
        }
    }
}
