package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Interrupts, and the end of a client's life. */
public interface LifecycleContract extends StorageFixture {
    @Test
    default void interruptedThreadIsToldSoAndStaysInterrupted() throws IOException {
        StorageObject object = put("a", "content");
        for (ThrowingCallable operation : operations(object)) {
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(operation).isInstanceOf(InterruptedIOException.class);
                assertThat(Thread.currentThread().isInterrupted())
                        .as("interrupt flag")
                        .isTrue();
            } finally {
                Thread.interrupted();
            }
        }
        assertThat(keys("", "")).as("nothing was written or deleted").containsExactly("a");
    }

    @Test
    default void interruptDuringAnUploadAborts() throws IOException {
        try {
            assertThatThrownBy(() -> client().upload(
                                    "a",
                                    out -> {
                                        out.write(content(10, partSize() + 1));
                                        Thread.currentThread().interrupt();
                                        out.write(content(11, 2 * partSize()));
                                    },
                                    PutCondition.none()))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.currentThread().isInterrupted())
                    .as("interrupt flag")
                    .isTrue();
        } finally {
            Thread.interrupted();
        }
        assertAbsent("a");
        assertNothingLeftBehind();
    }

    @Test
    default void streamsClosedByAnInterruptedThreadAreReleased() throws IOException {
        put("a", content(12, 2 * partSize()));
        for (int i = 0; i < 100; i++) {
            InputStream in = client().download("a", ByteRange.all());
            Stream<StorageObject> objects = client().list("", "");
            assertThat(in.read()).isNotNegative();
            assertThat(objects.iterator().next().key()).isEqualTo("a");
            Thread.currentThread().interrupt();
            try {
                in.close();
                objects.close();
                assertThat(Thread.currentThread().isInterrupted())
                        .as("interrupt flag")
                        .isTrue();
            } finally {
                Thread.interrupted();
            }
        }
        assertThat(keys("", "")).containsExactly("a");
        assertNothingLeftOpen();
    }

    @Test
    default void closedClientRefusesEverything() throws IOException {
        StorageObject object = put("a", "content");
        client().close();

        for (ThrowingCallable operation : operations(object)) {
            assertThatThrownBy(operation).isInstanceOf(IOException.class).hasMessageContaining("closed");
        }
    }

    @Test
    default void closeMayBeCalledTwice() throws IOException {
        client().close();
        client().close();
    }

    private List<ThrowingCallable> operations(StorageObject object) {
        return List.of(
                () -> client().stat("a"),
                () -> client().download("a", ByteRange.all()).readAllBytes(),
                () -> client().download(object, ByteRange.all()).readAllBytes(),
                () -> client().upload("b", out -> out.write(1), PutCondition.none()),
                () -> client().copy("a", "b"),
                () -> client().delete(List.of("a")),
                this::listAll);
    }

    private void listAll() throws IOException {
        try (Stream<StorageObject> objects = client().list("", "")) {
            assertThat(objects.toList()).isNotNull();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
