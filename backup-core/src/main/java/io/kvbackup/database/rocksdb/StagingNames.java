package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.disk.PartName;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The names of staging folders: {@code <folder>.kvbackup-<database>} beside the folder of a RocksDB. In a folder that
 * the host chose, which may serve RocksDBs of different places, {@code .<identity>} follows.
 *
 * @param rocks folder of the RocksDB, absolute
 * @param chosen where staging folders lie, if not beside it
 */
record StagingNames(Path rocks, Optional<Path> chosen) {
    private static final String MARK = ".kvbackup-";
    private static final int MAX_LENGTH = 100;

    static StagingNames of(Path rocks, Optional<Path> chosen) {
        return new StagingNames(rocks.toAbsolutePath().normalize(), chosen.map(Path::toAbsolutePath));
    }

    /** Nobody else's: the database's part has no dot, so the last mark ends the RocksDB's part. */
    Path of(String database) throws IOException {
        String identity = chosen.isEmpty() ? "" : "." + PartName.ofFile(RestoreSite.identity(rocks), MAX_LENGTH);
        return folder(PartName.ofFile(database, MAX_LENGTH) + identity);
    }

    /** The name that restores had before, when different parts could give the same; empty if it is still so. */
    List<Path> former(String database) throws IOException {
        String own = URLEncoder.encode(database, UTF_8);
        if (own.length() > MAX_LENGTH) {
            own = UUID.nameUUIDFromBytes(database.getBytes(UTF_8)).toString();
        }
        Path former = folder(own);
        return former.equals(of(database)) ? List.of() : List.of(former);
    }

    private Path folder(String own) {
        String name = rocks.getFileName() + MARK + own;
        return chosen.map(parent -> parent.resolve(name)).orElseGet(() -> rocks.resolveSibling(name));
    }
}
