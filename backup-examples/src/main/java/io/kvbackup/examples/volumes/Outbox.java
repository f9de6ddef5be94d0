package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.examples.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that the controller has not taken yet, each in a file. One is written when a task begins, and again when
 * it ends, so that a daemon that died says so when it starts again. Safe for use by several threads.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Path folder;
    private final Clock clock;
    private final DaemonClient controller;
    private final Map<Path, byte[]> sent = new HashMap<>();

    Outbox(Path folder, Clock clock, DaemonClient controller) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.clock = clock;
        this.controller = controller;
        for (Path file : files()) {
            ObjectNode record = (ObjectNode) Json.read(Files.readAllBytes(file));
            if (record.path("state").asText().equals("running")) {
                record.put("state", "error");
                record.put("reason", "interrupted: the daemon ended while the task ran");
                record.put("ended", clock.instant().toString());
                write(file, record);
            }
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static void write(Path file, Object record) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, Json.write(record));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    synchronized void put(Map<String, Object> record) throws IOException {
        write(folder.resolve(record.get("id") + ".json"), record);
    }

    synchronized int size() throws IOException {
        return files().size();
    }

    /** Sends what the controller does not have yet; what it does not take stays for the next time. */
    synchronized void send() {
        try {
            for (Path file : files()) {
                byte[] record = Files.readAllBytes(file);
                if (!Arrays.equals(record, sent.get(file))) {
                    controller.call("POST", "/daemon/records", record);
                    sent.put(file, record);
                }
                JsonNode fields = Json.read(record);
                if (!fields.path("state").asText().equals("running")) {
                    Files.delete(file);
                    sent.remove(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("the controller has not taken all records at {}: {}", clock.instant(), e.getMessage());
        }
    }
}
