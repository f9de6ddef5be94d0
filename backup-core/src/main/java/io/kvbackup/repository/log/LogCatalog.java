package io.kvbackup.repository.log;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.format.ManifestLog;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds timelines, their segments, and the backups that stand in them. Keeps what it has read of things that never
 * change. Safe for use by several threads.
 */
final class LogCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(LogCatalog.class);

    private final StorageClient storage;
    private final BackupCatalog backups;
    private final LeaseStore leases;
    /** By the name of the backup; empty for one that stands in no log. */
    private final Map<String, Optional<ManifestLog>> logs = new ConcurrentHashMap<>();

    private final Map<String, TimelineRecord> records = new ConcurrentHashMap<>();

    LogCatalog(StorageClient storage, BackupCatalog backups, LeaseStore leases) {
        this.storage = storage;
        this.backups = backups;
        this.leases = leases;
    }

    /** One listing of the log, one of the backups, and what has to be read for the first time. */
    LogSurvey survey(String database) throws IOException {
        // Backups are listed after segments: a base that is newer than the listing needs none of them.
        Map<TimelineId, List<StoredSegment>> segments = new HashMap<>();
        Map<TimelineId, StorageObject> described = new LinkedHashMap<>();
        String folder = LogNames.folder(database);
        try (Stream<StorageObject> objects = storage.list(folder)) {
            objects.forEach(each -> sort(each, folder, segments, described));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Map<TimelineId, LogTimeline> timelines = new HashMap<>();
        List<TimelineId> alone = new ArrayList<>(segments.keySet());
        Map<TimelineId, TimelineRecord> known = new HashMap<>();
        for (TimelineId id : described.keySet()) {
            record(database, id).ifPresent(each -> known.put(id, each));
        }
        alone.removeAll(known.keySet());
        Heartbeats heartbeats = described.isEmpty()
                ? Heartbeats.NONE
                : Heartbeats.of(leases.read(LogNames.lease(database)), known.values());
        known.forEach((id, record) -> timelines.put(
                id,
                heartbeats.timeline(
                        record, Objects.requireNonNull(described.get(id)), segments.getOrDefault(id, List.of()))));
        Bases bases = timelines.isEmpty() ? new Bases(List.of(), false) : bases(database, timelines);
        return new LogSurvey(timelines, bases.found(), alone, bases.unknown());
    }

    private static void sort(
            StorageObject object,
            String folder,
            Map<TimelineId, List<StoredSegment>> segments,
            Map<TimelineId, StorageObject> described) {
        String name = object.key().substring(folder.length());
        int slash = name.indexOf('/');
        TimelineId id =
                slash < 0 ? null : TimelineId.parse(name.substring(0, slash)).orElse(null);
        if (id == null) {
            return;
        }
        String file = name.substring(slash + 1);
        if (file.equals(LogNames.RECORD)) {
            described.put(id, object);
        }
        SegmentSpan.parse(file)
                .ifPresent(span ->
                        segments.computeIfAbsent(id, any -> new ArrayList<>()).add(new StoredSegment(span, object)));
    }

    /** What a timeline says of itself; empty if it is gone or damaged, which is not the fault of the others. */
    private Optional<TimelineRecord> record(String database, TimelineId id) throws IOException {
        String name = LogNames.record(database, id);
        TimelineRecord known = records.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        try (InputStream in = storage.download(name, ByteRange.all())) {
            TimelineRecord record = TimelineJson.decode(in.readAllBytes(), name);
            if (!record.id().equals(id) || !record.database().equals(database)) {
                throw new CorruptBackupException(name + " is of timeline " + record.id() + " of " + record.database());
            }
            records.put(name, record);
            return Optional.of(record);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CorruptBackupException e) {
            LOG.warn("the log of {} cannot be restored from timeline {}: {}", database, id, e.getMessage());
            return Optional.empty();
        }
    }

    private record Bases(List<LogBase> found, boolean unknown) {}

    private Bases bases(String database, Map<TimelineId, LogTimeline> timelines) throws IOException {
        Instant first = timelines.values().stream()
                .map(each -> each.record().startedAt())
                .min(Instant::compareTo)
                .orElseThrow();
        List<LogBase> bases = new ArrayList<>();
        boolean unknown = false;
        // A backup's stamp is later than those before it, and at most as early as its clock said.
        for (Backup backup : backups.list(Optional.of(database), first.minus(Backup.CLOCK_SKEW), Instant.MAX)) {
            if (!backup.hasManifest()) {
                continue;
            }
            try {
                Optional<ManifestLog> log = log(backup.objectName());
                Optional<TimelineId> id = log.flatMap(each -> TimelineId.parse(each.timeline()));
                if (id.isPresent()
                        && timelines.containsKey(id.get())
                        && !backup.marks().isDamaged()) {
                    bases.add(new LogBase(backup.objectName(), backup.timestamp(), id.get(), log.get()));
                }
            } catch (NoSuchFileException e) {
                // Removed since it was listed.
            } catch (EncryptionKeyException | CorruptBackupException e) {
                LOG.warn("whether a log goes on from {} is not known: {}", backup.objectName(), e.getMessage());
                unknown = true;
            }
        }
        return new Bases(bases, unknown);
    }

    private Optional<ManifestLog> log(String objectName) throws IOException {
        Optional<ManifestLog> known = logs.get(objectName);
        if (known == null) {
            known = backups.find(objectName).manifest().flatMap(each -> Optional.ofNullable(each.log()));
            logs.put(objectName, known);
        }
        return known;
    }
}
