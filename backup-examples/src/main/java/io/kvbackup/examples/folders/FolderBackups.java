package io.kvbackup.examples.folders;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobTask;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.retention.RetentionPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Backs up the folders of a configuration, one at a time: into the store, from there into a fresh plain folder, which
 * then takes its place among the older ones. Safe for use by several threads.
 */
final class FolderBackups implements Closeable {
    /** The name of the jobs, among those that each of them is made of. */
    private static final String KIND = "folder";

    /** Makes of a section's name that of the folder which a backup is restored to. */
    private static final String FRESH = " (fresh)";

    private final ConfigFile config;
    private final Path states;
    private final Clock clock;
    private final BackupManager manager;

    /**
     * @param store URI
     * @param work where this keeps what it has to remember
     */
    FolderBackups(ConfigFile config, String store, Path work, Clock clock) throws IOException {
        this.config = config;
        this.clock = clock;
        states = Files.createDirectories(work.resolve("generations"));
        manager = BackupManager.builder()
                .storage(store)
                .environment(System.getenv())
                .createStore(true)
                .databases(new SourceFolders(config))
                .kind(BackupKind.INCREMENTAL)
                .temporaryDirectory(Files.createDirectories(work.resolve("tmp")))
                .jobs(JobOptions.builder()
                        .concurrency(1)
                        .historyFolder(work.resolve("history"))
                        .alone(true)
                        .build())
                .build();
    }

    /** The folders of the configuration as databases, and those that backups are restored to. */
    private record SourceFolders(ConfigFile config) implements DatabaseCatalog {
        @Override
        public Set<String> databaseNames() throws IOException {
            return config.names();
        }

        @Override
        public Database database(String name) throws IOException {
            if (name.endsWith(FRESH)) {
                Section section = find(config, name.substring(0, name.length() - FRESH.length()));
                return DirectoryDatabase.of(name, Generations.fresh(section));
            }
            return DirectoryDatabase.of(name, find(config, name).source());
        }

        @Override
        public void dropDatabase(String name) throws IOException {
            throw new IOException("folder " + name + " is not dropped: it is not this server's");
        }
    }

    private static Section find(ConfigFile config, String name) throws IOException {
        return config.find(name).orElseThrow(() -> new NoSuchFileException("config.ini has no section [" + name + "]"));
    }

    Set<String> names() throws IOException {
        return config.names();
    }

    /** Completes what a crash has cut off. */
    void recover() throws IOException {
        for (Section section : config.sections()) {
            new Generations(section, config, states).recover();
        }
    }

    /** Asks for a backup, which waits for its turn; one that is waiting already is enough. */
    synchronized void request(String name) throws IOException {
        find(config, name);
        if (!tasks().getOrDefault("pending", List.of()).stream()
                .anyMatch(task -> task.name().equals(name))) {
            manager.jobs()
                    .submit(JobTask.of(KIND, job -> job.result(backUp(name))).holding(name));
        }
    }

    private String backUp(String name) throws IOException {
        Section section = find(config, name);
        Generations generations = new Generations(section, config, states);
        generations.recover();
        Backup backup = manager.backupDatabase(name);
        Path parent = section.dest().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        manager.restoreDatabase(
                backup.objectName(), RestoreOptions.builder().as(name + FRESH).build());
        generations.publish(LocalDate.now(clock));
        manager.planPrune(policy()).execute();
        return backup.objectName();
    }

    /** The store keeps as many backups of a section as there are folders, and all of sections that are gone. */
    private RetentionPolicy policy() throws IOException {
        RetentionPolicy.Builder policy = RetentionPolicy.builder().keepLast(Integer.MAX_VALUE);
        for (Section section : config.sections()) {
            RetentionPolicy own =
                    RetentionPolicy.builder().keepLast(section.keepCount() + 1).build();
            policy.forDatabase(section.name(), own);
        }
        return policy.build();
    }

    /** The last task of each section that is remembered, by status. */
    Map<String, List<Task>> tasks() {
        Map<String, JobRecord> newest = new LinkedHashMap<>();
        manager.jobs()
                .history(JobQuery.all().kind(KIND))
                .forEach(record -> record.databases().forEach(name -> newest.putIfAbsent(name, record)));
        Map<String, List<Task>> tasks = new LinkedHashMap<>();
        for (String status : List.of("error", "finished", "running", "pending")) {
            tasks.put(
                    status,
                    newest.entrySet().stream()
                            .filter(each -> Task.status(each.getValue()).equals(status))
                            .map(each -> Task.of(each.getKey(), each.getValue()))
                            .toList());
        }
        return tasks;
    }

    void clearErrors() {
        manager.jobs().clearErrors();
    }

    void clearFinished() {
        manager.jobs().clearFinished();
    }

    @Override
    public void close() throws IOException {
        manager.closeNow();
    }
}
