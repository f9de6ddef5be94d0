package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which store, and the keys to read it with. All but the store can also come from settings. */
final class StoreOptions {
    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = StoreName.HELP + ". KVBACKUP_STORAGE unless given.")
    @Nullable
    String store;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "Properties such as kvbackup.storage; options go before them, they go before the "
                    + "environment (KVBACKUP_STORAGE, ...).")
    @Nullable
    Path settings;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The password that backups are encrypted with.")
    @Nullable
    String passwordFile;

    @Option(names = "--ask-password", description = "Ask for that password on the terminal.")
    boolean askPassword;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "The key that backups are encrypted with; needs --key-id.")
    @Nullable
    String keyFile;

    @Option(names = "--key-id", paramLabel = "ID", description = "Id of the key, or of the password.")
    @Nullable
    String keyId;

    @Option(names = "--older-password-file", paramLabel = "FILE", description = "The password before.")
    @Nullable
    String olderPasswordFile;

    @Option(names = "--older-key-file", paramLabel = "FILE", description = "The key before; needs --older-key-id.")
    @Nullable
    String olderKeyFile;

    @Option(names = "--older-key-id", paramLabel = "ID", description = "Id of the key, or of the password, before.")
    @Nullable
    String olderKeyId;

    @Option(names = "--upload-limit", paramLabel = "RATE", description = "Bytes per second at most, such as 8MiB.")
    @Nullable
    String uploadLimit;

    @Option(names = "--download-limit", paramLabel = "RATE", description = "The same for reading.")
    @Nullable
    String downloadLimit;

    @Option(names = "--temporary-directory", paramLabel = "FOLDER", description = "Where temporary files lie.")
    @Nullable
    String temporaryDirectory;

    @Option(
            names = "--exclusive-writer",
            description = "No other process ever writes to the store; for stores that keep no conditions.")
    boolean exclusiveWriter;

    /** A manager of the store, still without databases. */
    BackupManagerBuilder manager(Terminal terminal) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder();
        if (store != null) {
            builder.storage(StoreName.parse(store, terminal.environment()));
        }
        return with(builder, terminal);
    }

    /** The same for another store. */
    BackupManagerBuilder manager(Terminal terminal, StorageClient other) throws IOException {
        return with(BackupManager.builder().storage(other), terminal);
    }

    private BackupManagerBuilder with(BackupManagerBuilder builder, Terminal terminal) throws IOException {
        if (askPassword) {
            char[] password = terminal.prompt().ask("password of the backups");
            builder.encryption(EncryptionKeys.ofPassword(
                    keyId == null ? "password" : keyId, password, EncryptionKeys.DEFAULT_ITERATIONS));
            Arrays.fill(password, '\0');
        }
        if (exclusiveWriter) {
            builder.exclusiveWriter(true);
        }
        return builder.environment(StoreName.forLibrary(terminal.environment())).properties(properties());
    }

    private Properties properties() throws IOException {
        Properties properties = new Properties();
        if (settings != null) {
            try (Reader in = Files.newBufferedReader(settings)) {
                properties.load(in);
            }
        }
        set(properties, "kvbackup.encryption.password-file", passwordFile);
        set(properties, "kvbackup.encryption.key-file", keyFile);
        set(properties, "kvbackup.encryption.key-id", askPassword ? null : keyId);
        set(properties, "kvbackup.encryption.older-password-file", olderPasswordFile);
        set(properties, "kvbackup.encryption.older-key-file", olderKeyFile);
        set(properties, "kvbackup.encryption.older-key-id", olderKeyId);
        set(properties, "kvbackup.upload-limit", uploadLimit);
        set(properties, "kvbackup.download-limit", downloadLimit);
        set(properties, "kvbackup.temporary-directory", temporaryDirectory);
        return properties;
    }

    private static void set(Properties properties, String name, @Nullable String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }
}
