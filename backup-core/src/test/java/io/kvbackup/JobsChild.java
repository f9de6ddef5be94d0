package io.kvbackup;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** Another process with schedules: {@code main} is what it does, {@link #start} is how a test starts it. */
final class JobsChild {
    static final Duration GRACE = Duration.ofSeconds(2);
    static final RetentionPolicy KEEP = RetentionPolicy.builder().keepLast(3).build();

    private JobsChild() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        switch (args[0]) {
            case "churn" -> churn(folder);
            case "slots" -> slots(folder, args[2]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static Database orders() {
        ConcurrentSkipListMap<String, String> items = new ConcurrentSkipListMap<>();
        for (int i = 0; i < 2000; i++) {
            items.put("key-" + i, "value " + i + " of " + System.nanoTime());
        }
        return MapDatabase.builder("orders")
                .set("items", items, Codec.utf8(), Codec.utf8())
                .build();
    }

    /**
     * Backs up once, so that there is something, and then backs up and prunes as fast as it can, until it is killed.
     */
    private static void churn(Path folder) throws IOException {
        try (BackupManager manager = BackupManager.builder()
                .storage(folder.resolve("store").toUri().toString())
                .format("cbor.gz")
                .gracePeriod(GRACE)
                .database(orders())
                .jobs(JobOptions.builder()
                        .historyFolder(folder.resolve("history"))
                        .alone(true)
                        .build())
                .build()) {
            manager.backupDatabase("orders");
            manager.jobs().schedule("backup", Schedule.every(Duration.ofMillis(25)), JobTask.backup("orders"));
            manager.jobs().schedule("prune", Schedule.every(Duration.ofMillis(60)), JobTask.prune(KEEP));
            untilStopped();
        }
    }

    /** Notes every slot that it serves in a file of its own. */
    private static void slots(Path folder, String name) throws IOException {
        try (BackupManager manager = BackupManager.builder()
                .storage(folder.resolve("store").toUri().toString())
                .format("cbor.gz")
                .database(orders())
                .build()) {
            manager.jobs().schedule("each-second", Schedule.every(Duration.ofSeconds(1)), JobTask.of("note", job -> {
                manager.backupDatabase("orders");
                Files.writeString(
                        folder.resolve(name),
                        job.slot().orElseThrow() + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }));
            untilStopped();
        }
    }

    private static void untilStopped() throws IOException {
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // The end of the input is the sign to stop.
        }
    }

    /** @param folder where all that it makes lies */
    static OtherProcess start(String what, Path folder, String... more) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of(what, folder));
        arguments.addAll(List.of(more));
        return OtherProcess.start(JobsChild.class, folder, arguments.toArray());
    }
}
