package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/** What restores and snapshots of folders read: entries, keys, inventories and plans. */
class DirectoryFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> REFUSED = Set.of(IOException.class);
    private static final byte[] KEY = "some/path é".getBytes(UTF_8);

    @TempDir
    private Path folder;

    @Override
    protected List<FuzzTarget> targets() throws IOException {
        Instant time = Instant.parse("2026-11-20T12:00:00.123456789Z");
        FileExtras extras =
                new FileExtras(4, 1000, 100, KEY, new TreeMap<>(java.util.Map.of("a", new byte[] {1, 61, 32})));
        List<byte[]> entries = List.of(
                FileEntry.file(12, time, 0644).encode(),
                FileEntry.file(12, time, 0644).with(extras).encode(),
                FileEntry.dir(time, 0755).encode(),
                FileEntry.link(KEY).encode());
        Mutator text = Mutations.words().or(Mutations.bytes());
        return List.of(
                new FuzzTarget("entry", entries, text, bytes -> FileEntry.decode(KEY, bytes), REFUSED),
                new FuzzTarget("archived file", entries, text, bytes -> ArchivedFile.of(KEY, bytes), REFUSED),
                new FuzzTarget(
                        "key",
                        List.of(KEY, "a/b/c".getBytes(UTF_8)),
                        text,
                        bytes -> PathKey.resolve(folder, bytes),
                        REFUSED),
                new FuzzTarget(
                        "block key",
                        List.of(new BlockKey(KEY, 7).encode()),
                        Mutations.numbers().or(Mutations.bytes()),
                        bytes -> BlockKey.decode(bytes).offset(),
                        REFUSED),
                new FuzzTarget(
                        "inventory",
                        List.of(inventory(extras)),
                        Mutations.numbers().or(Mutations.bytes()),
                        bytes -> Inventory.Item.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)))
                                .entry(),
                        REFUSED),
                new FuzzTarget(
                        "plan",
                        List.of(plan()),
                        Mutations.numbers().or(Mutations.bytes()),
                        bytes -> SwapPlan.read(Files.write(folder.resolve("plan"), bytes)),
                        REFUSED));
    }

    private byte[] inventory(FileExtras extras) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileState state = FileState.of(Files.write(folder.resolve("file"), KEY));
        new Inventory.Item(KEY, state, new byte[0], extras).writeTo(new DataOutputStream(out));
        return out.toByteArray();
    }

    private byte[] plan() throws IOException {
        Path file = folder.resolve("good");
        try (SwapPlan.Writer writer = new SwapPlan.Writer(file)) {
            writer.write(new SwapPlan.Step(SwapPlan.Kind.PUT, KEY, new byte[0], new byte[0]));
            writer.write(new SwapPlan.Step(SwapPlan.Kind.ATTRIBUTES, KEY, KEY, KEY));
        }
        return Files.readAllBytes(file);
    }
}
