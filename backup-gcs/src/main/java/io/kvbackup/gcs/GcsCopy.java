package io.kvbackup.gcs;

import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.CopyWriter;
import com.google.cloud.storage.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies objects inside the store, by as many rewrite requests as it asks for. */
final class GcsCopy {
    private static final String OPERATION = "copy";

    private final GcsSession session;
    private final GcsStat stat;

    GcsCopy(GcsSession session, GcsStat stat) {
        this.session = session;
        this.stat = stat;
    }

    void copy(String from, String to) throws IOException {
        Optional<StorageObject> source = session.translating(OPERATION, from, () -> session.find(from));
        if (source.isEmpty()) {
            stat.requireBucket(OPERATION, from);
            throw new NoSuchFileException(session.place().describe(from), null, "copy found no such object");
        }
        if (from.equals(to)) {
            return;
        }
        Storage.CopyRequest request = Storage.CopyRequest.newBuilder()
                .setSource(session.id(from))
                .setTarget(target(source.get(), to), targetOptions())
                .build();
        CopyWriter steps = session.call(OPERATION, from, () -> session.storage().copy(request));
        while (!steps.isDone()) {
            session.enter(OPERATION);
            session.call(OPERATION, from, () -> {
                steps.copyChunk();
                return true;
            });
        }
    }

    private BlobInfo target(StorageObject source, String to) {
        BlobInfo.Builder target = BlobInfo.newBuilder(session.id(to))
                .setContentType(source.getContentType())
                .setMetadata(source.getMetadata());
        String storageClass = session.settings().storageClass();
        if (storageClass != null) {
            target.setStorageClass(com.google.cloud.storage.StorageClass.valueOf(storageClass));
        }
        return target.build();
    }

    private List<Storage.BlobTargetOption> targetOptions() {
        List<Storage.BlobTargetOption> options = new ArrayList<>();
        String kmsKey = session.settings().kmsKey();
        if (kmsKey != null) {
            options.add(Storage.BlobTargetOption.kmsKeyName(kmsKey));
        }
        return options;
    }
}
