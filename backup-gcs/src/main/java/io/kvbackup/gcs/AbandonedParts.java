package io.kvbackup.gcs;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Removes the parts of composed uploads whose process has died. */
final class AbandonedParts {
    private final GcsSession session;
    private final GcsDeletion deletion;

    AbandonedParts(GcsSession session, GcsStat stat) {
        this.session = session;
        this.deletion = new GcsDeletion(session, stat);
    }

    /** An upload is as old as its newest part: a long one that goes on is none of them. */
    void remove(Instant startedBefore) throws IOException {
        Map<String, List<StorageObject>> uploads = new TreeMap<>();
        try (Stream<StorageObject> parts = GcsListing.parts(session)) {
            parts.forEach(part -> uploads.computeIfAbsent(PartFolder.upload(part.key()), id -> new ArrayList<>())
                    .add(part));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (List<StorageObject> parts : uploads.values()) {
            if (parts.stream().allMatch(part -> part.lastModified().isBefore(startedBefore))) {
                deletion.delete(parts.stream().map(StorageObject::key).toList());
            }
        }
    }
}
