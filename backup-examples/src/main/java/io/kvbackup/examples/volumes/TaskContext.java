package io.kvbackup.examples.volumes;

import io.kvbackup.BackupManager;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a task knows.
 *
 * @param manager of the daemon
 * @param database the volume's name there
 * @param folder where the volume lies
 * @param arguments of the job
 */
public record TaskContext(BackupManager manager, String database, Path folder, Map<String, String> arguments) {
    public TaskContext {
        arguments = Map.copyOf(arguments);
    }
}
