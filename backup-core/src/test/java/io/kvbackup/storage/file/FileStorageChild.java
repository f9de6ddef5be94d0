package io.kvbackup.storage.file;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process that uses a folder: {@code main} is what it does, {@link #start} is how a test starts it. */
final class FileStorageChild {
    private FileStorageChild() {}

    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] args) throws IOException {
        try (StorageClient client = new FileStorageClient(Path.of(args[1]))) {
            switch (args[0]) {
                case "die" ->
                    client.upload(
                            "dir/victim",
                            out -> {
                                out.write(new byte[300_000]);
                                Runtime.getRuntime().halt(9);
                            },
                            PutCondition.none());
                case "hold" -> hold(client);
                case "fill" -> fill(client);
                case "count" -> count(client, Integer.parseInt(args[2]));
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /** Says so in the middle of an upload, and goes on when told to. */
    private static void hold(StorageClient client) throws IOException {
        client.upload(
                "dir/held",
                out -> {
                    out.write(new byte[300_000]);
                    System.out.println("writing");
                    if (System.in.read() < 0) {
                        throw new IOException("nobody wants it");
                    }
                    out.write(1);
                },
                PutCondition.ifAbsent());
    }

    private static void fill(StorageClient client) throws IOException {
        try {
            client.upload("old", ContentWriter.of(new byte[4 << 20]), PutCondition.none());
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        System.out.println(client.stat("old").orElseThrow().size());
    }

    private static void count(StorageClient client, int times) throws IOException {
        for (int done = 0; done < times; ) {
            StorageObject old = client.stat("counter").orElseThrow();
            try (InputStream in = client.download(old, ByteRange.all())) {
                int value = Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                byte[] next = Integer.toString(value + 1).getBytes(StandardCharsets.UTF_8);
                client.upload("counter", ContentWriter.of(next), PutCondition.ifMatch(old.etag()));
                done++;
            } catch (PreconditionFailedException e) {
                // The other process was faster.
            }
        }
    }

    /** A file is limited to {@code maxFileKiB}, which is how a full disk looks to a process. */
    static Process start(String maxFileKiB, String... args) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String script = "ulimit -f " + maxFileKiB + " && exec \"$0\" \"$@\"";
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, java, "-Xmx64m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FileStorageChild.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(new File("/dev/null")).start();
    }

    static String await(Process child) throws IOException, InterruptedException {
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!child.waitFor(60, TimeUnit.SECONDS)) {
            child.destroyForcibly();
        }
        return output;
    }
}
