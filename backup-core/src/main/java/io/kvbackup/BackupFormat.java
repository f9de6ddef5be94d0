package io.kvbackup;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.model.BackupKind;
import io.kvbackup.pipeline.TransformChain;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.FormatChain;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides how new backups are written: encrypted if there are keys, and never plain then. */
final class BackupFormat {
    private static final Logger LOG = LoggerFactory.getLogger(BackupFormat.class);

    private BackupFormat() {}

    /** The format of one backup: its own if it has one, otherwise the manager's. That of a tree is always the same. */
    static FormatChain chosen(BackupKind kind, Optional<String> format, ManagerContext context) {
        FormatChain chain = format.isPresent() ? of(format, context.keys()) : context.format();
        if (kind == BackupKind.FULL) {
            return chain;
        }
        if (!TransformChain.isAvailable("zst")) {
            throw new IllegalArgumentException(
                    "incremental backups need the zstd library (com.github.luben:zstd-jni), which"
                            + " cannot be used here; add it to the class path, or take backups of kind FULL");
        }
        return FormatChain.parse(
                FormatChain.TREE + ".zst" + (chain.transforms().isEncrypted() ? "." + TransformChain.ENCRYPTION : ""));
    }

    /**
     * @param chosen empty for the best there is
     * @throws IllegalArgumentException if it ends in {@code .enc} and there are no keys, or the other way round
     */
    static FormatChain of(Optional<String> chosen, BackupKeys keys) {
        FormatChain chain =
                FormatChain.parse(chosen.orElseGet(() -> unencrypted() + (keys.areConfigured() ? ".enc" : "")));
        if (chain.kind() != BackupKind.FULL) {
            throw new IllegalArgumentException("'" + chain
                    + "' is not a format of archives; for incremental backups set the kind INCREMENTAL instead");
        }
        boolean encrypted = chain.transforms().isEncrypted();
        if (encrypted && !keys.areConfigured()) {
            throw new IllegalArgumentException("format '" + chain
                    + "' encrypts and there are no keys; set them with BackupManager.builder().encryption(…)");
        }
        if (!encrypted && keys.areConfigured()) {
            throw new IllegalArgumentException(
                    "format '" + chain + "' does not encrypt, and encryption is configured; use '" + chain + "."
                            + TransformChain.ENCRYPTION + "'");
        }
        return chain;
    }

    private static String unencrypted() {
        if (TransformChain.isAvailable("zst")) {
            return "cbor.zst";
        }
        LOG.warn("The zstd library (com.github.luben:zstd-jni) cannot be used here: backups are compressed with "
                + "gzip, which is several times slower. Add it to the class path, or set the format to say "
                + "which compression you want.");
        return "cbor.gz";
    }
}
