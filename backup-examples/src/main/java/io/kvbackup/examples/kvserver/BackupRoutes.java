package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupQuery;
import io.kvbackup.RestoreOptions;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests about backups. */
final class BackupRoutes {
    /** What a listing says of a backup. */
    private record Listed(String name, String timestamp, long size, String database) {
        static Listed of(Backup backup) {
            return new Listed(
                    backup.objectName(),
                    backup.timestamp().toString(),
                    backup.storedBytes(),
                    backup.isOfAllDatabases() ? "all" : backup.database());
        }
    }

    /** A database is what the backup says, and nothing of what it was before. */
    private static final RestoreOptions REPLACE =
            RestoreOptions.builder().dropOthers(true).build();

    private final JsonDatabases databases;
    private final Access access;
    private final Optional<BackupManager> backups;

    BackupRoutes(JsonDatabases databases, Access access, Optional<BackupManager> backups) {
        this.databases = databases;
        this.access = access;
        this.backups = backups;
    }

    void addTo(HttpHost host) {
        host.route("POST", "/backup/create", this::create)
                .route("POST", "/backup/list", this::list)
                .route("POST", "/backup/restore", this::restore);
    }

    private BackupManager manager(Request request, JsonNode body) {
        access.requireAdmin(request, body);
        return backups.orElseThrow(() -> new HttpError(
                404, "S3_NOT_ENABLED", "Backups are not enabled: start the server with --s3-bucket or --storage"));
    }

    private Answer create(Request request) throws IOException {
        JsonNode body = request.json();
        BackupManager manager = manager(request, body);
        Optional<String> database = Json.optionalText(body, "database");
        if (database.isPresent() && !databases.databaseNames().contains(database.get())) {
            throw Access.noDatabase(database.get());
        }
        try {
            Backup backup =
                    database.isPresent() ? manager.backupDatabase(database.get()) : manager.backupAllDatabases();
            return Answer.done("Backup created successfully", Map.of("object_name", backup.objectName()));
        } catch (IOException e) {
            throw failed("BACKUP_FAILED", e);
        }
    }

    private Answer list(Request request) throws IOException {
        JsonNode body = request.json();
        BackupManager manager = manager(request, body);
        Optional<String> database = Json.optionalText(body, "database");
        List<Backup> found;
        try {
            found = database.isPresent() ? ofOne(manager, database.get()) : manager.listBackups();
        } catch (IOException e) {
            throw failed("LIST_FAILED", e);
        }
        if (found.isEmpty()
                && database.isPresent()
                && !databases.databaseNames().contains(database.get())) {
            throw Access.noDatabase(database.get());
        }
        boolean namesOnly = body.path("names_only").asBoolean(false);
        return Answer.data(Map.of(
                "backups",
                namesOnly
                        ? found.stream().map(Backup::objectName).toList()
                        : found.stream().map(Listed::of).toList()));
    }

    private static List<Backup> ofOne(BackupManager manager, String database) throws IOException {
        try (var own = manager.streamBackups(BackupQuery.all().database(database))) {
            return own.toList();
        }
    }

    private Answer restore(Request request) throws IOException {
        JsonNode body = request.json();
        BackupManager manager = manager(request, body);
        String name = Json.optionalText(body, "object_name")
                .or(() -> Json.optionalText(body, "backup_name"))
                .orElseThrow(() -> HttpError.invalid("Field 'object_name' or 'backup_name' is required"));
        try {
            if (manager.describe(name).isOfAllDatabases()) {
                manager.restoreAllDatabases(name, REPLACE);
                return Answer.done("All databases restored successfully");
            }
            manager.restoreDatabase(name, REPLACE);
            return Answer.done("Database restored successfully");
        } catch (NoSuchFileException e) {
            throw new HttpError(404, "BACKUP_NOT_FOUND", "Backup '" + name + "' not found");
        } catch (CorruptBackupException e) {
            throw e;
        } catch (IOException e) {
            throw failed("RESTORE_FAILED", e);
        }
    }

    private static HttpError failed(String code, IOException failure) {
        return new HttpError(500, code, String.valueOf(failure.getMessage()));
    }
}
