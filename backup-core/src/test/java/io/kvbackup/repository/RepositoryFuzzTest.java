package io.kvbackup.repository;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.restore.IntentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Names of objects and marks, which a listing may hold of anybody's, and records of restores. */
class RepositoryFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> NOTHING = Set.of();

    @TempDir
    private Path folder;

    @Override
    protected List<FuzzTarget> targets() throws IOException {
        String archive = "backups/orders/2026-11-20T12:00:00.000Z.cbor.zst.enc";
        List<byte[]> names = Stream.of(
                        archive,
                        archive + ".manifest.json",
                        archive + ".pinned",
                        archive + ".tag.release-1.2",
                        archive + ".verified.DIGEST.2026-11-20T12:00:00.000Z.17",
                        archive + ".failed.DRILL.2026-11-20T12:00:00.000Z.17",
                        archive + ".removed.2026-11-20T12:00:00.000Z",
                        "backups/full/20261120-120000.json.gz")
                .map(name -> name.getBytes(UTF_8))
                .toList();
        Mutator text = Mutations.words().or(Mutations.bytes());
        Path good = folder.resolve("good");
        new IntentFile(
                        archive,
                        Instant.parse("2026-11-20T12:00:00Z"),
                        true,
                        List.of(
                                new IntentFile.Member("a b", "place", false, true),
                                new IntentFile.Member("ü", "", true, false)))
                .write(good);
        return List.of(
                new FuzzTarget(
                        "backup name", names, text, bytes -> BackupName.parse(new String(bytes, UTF_8)), NOTHING),
                new FuzzTarget("mark", names, text, bytes -> Mark.parse(new String(bytes, UTF_8)), NOTHING),
                new FuzzTarget(
                        "chain",
                        List.of("cbor.zst.enc".getBytes(US_ASCII), "json".getBytes(US_ASCII)),
                        text,
                        bytes -> FormatChain.parse(new String(bytes, UTF_8)),
                        Set.of(IllegalArgumentException.class)),
                new FuzzTarget(
                        "intent",
                        List.of(Files.readAllBytes(good)),
                        text,
                        bytes -> IntentFile.read(Files.write(folder.resolve("intent"), bytes)),
                        Set.of(IOException.class)));
    }
}
