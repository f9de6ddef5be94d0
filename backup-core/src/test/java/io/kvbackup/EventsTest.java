package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.event.BackupEvent;
import io.kvbackup.event.BackupListener;
import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a manager does, listeners and the flight recorder are told. */
class EventsTest {
    private static final class Heard implements BackupListener {
        final List<String> events = new ArrayList<>();
        final List<BackupEvent> ends = new ArrayList<>();

        @Override
        public void onStarted(BackupEvent event) {
            events.add("started " + event.kind() + " " + event.database());
        }

        @Override
        public void onFinished(BackupEvent event) {
            events.add("finished " + event.kind() + " " + event.database());
            ends.add(event);
        }

        @Override
        public void onFailed(BackupEvent event) {
            events.add("failed " + event.kind() + " " + event.database());
            ends.add(event);
        }
    }

    private static final class Broken implements BackupListener {
        @Override
        public void onStarted(BackupEvent event) {
            throw new IllegalStateException("a listener fails on purpose");
        }

        @Override
        public void onFinished(BackupEvent event) {
            throw new NoClassDefFoundError("a listener fails on purpose");
        }

        @Override
        public void onFailed(BackupEvent event) {
            throw new IllegalStateException("a listener fails on purpose");
        }
    }

    private final Heard heard = new Heard();

    private BackupManager manager(BackupListener... listeners) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(MapDatabase.builder("orders")
                        .set("items", new ConcurrentSkipListMap<>(Map.of("a", "123")), Codec.utf8(), Codec.utf8())
                        .build());
        for (BackupListener listener : listeners) {
            builder.listener(listener);
        }
        return builder.build();
    }

    @Test
    void everythingIsToldEvenIfOneListenerIsBroken() throws IOException {
        try (BackupManager manager = manager(new Broken(), heard)) {
            Backup backup = manager.backupDatabase("orders");
            manager.verify(backup.objectName(), VerifyLevel.DRILL);
            manager.verifyDue(
                    VerifyDueOptions.builder().notVerifiedFor(Duration.ZERO).build());
            manager.copyBackup(backup.objectName(), new MemoryStorageClient());
            manager.restoreDatabase(backup.objectName());
            manager.deleteBackup(backup.objectName());
            assertThatThrownBy(() -> manager.verify(backup.objectName())).isInstanceOf(IOException.class);

            assertThat(heard.events)
                    .containsExactly(
                            "started backup orders",
                            "finished backup orders",
                            "started verify orders",
                            "finished verify orders",
                            "started verify-due ",
                            "started verify orders",
                            "finished verify orders",
                            "finished verify-due ",
                            "started copy orders",
                            "finished copy orders",
                            "started restore orders",
                            "finished restore orders",
                            "started delete orders",
                            "finished delete orders",
                            "started verify orders",
                            "failed verify orders");
            BackupEvent first = heard.ends.get(0);
            assertThat(first.text()).contains(backup.objectName());
            assertThat(first.entries()).isEqualTo(1);
            assertThat(first.bytes()).isEqualTo(4);
            assertThat(heard.ends.get(heard.ends.size() - 1).text())
                    .get()
                    .asString()
                    .contains("no such backup");
        }
    }

    @Test
    void theFlightRecorderGetsThemToo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("flight.jfr");
        try (Recording recording = new Recording();
                BackupManager manager = manager()) {
            recording.enable("io.kvbackup.Job");
            recording.start();
            manager.backupDatabase("orders");
            assertThatThrownBy(() -> manager.verify("backups/orders/2020-01-01T00:00:00.000Z.cbor"))
                    .isInstanceOf(IOException.class);
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events)
                .extracting(event -> event.getString("kind") + " " + event.getString("database") + " "
                        + event.getString("status") + " " + event.getLong("entries"))
                .containsExactly("backup orders FINISHED 1", "verify orders ERROR 0");
        assertThat(events.get(0).getDuration()).isPositive();
        assertThat(events.get(0).getString("outcome")).startsWith("backups/orders/");
    }
}
