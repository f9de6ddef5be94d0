package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.objectstore.UploadTarget.Outcome;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UploadMarkerTest {
    private static final StorageObject THERE = new StorageObject("a", 7, Instant.EPOCH, "etag");

    private final UploadMarker ours = new UploadMarker("ours");
    private final IOException failure = new IOException("broke off");

    @AfterEach
    void forgetInterrupt() {
        Thread.interrupted();
    }

    @Test
    void onlyOnesOwnObjectsAreMarked() {
        assertThat(ours.metadata()).isEqualTo(Map.of("kvbackup-upload", "ours"));
        assertThat(ours.isOn(ours.metadata())).isTrue();
        assertThat(ours.isOn(new UploadMarker("theirs").metadata())).isFalse();
        assertThat(ours.isOn(Map.of())).isFalse();
        assertThat(ours.isOn(null)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"CONDITION_LOST", "UNKNOWN"})
    void anObjectWithTheMarkerWasWritten(Outcome outcome) throws IOException {
        assertThat(ours.recognise(failure, new Target(outcome, false, () -> Optional.of(THERE))))
                .contains(THERE);
        assertThat(ours.recognise(failure, new Target(outcome, false, Optional::empty)))
                .isEmpty();
    }

    @Test
    void whatTheStoreHasRefusedIsNotLookedFor() throws IOException {
        Target target = new Target(Outcome.REFUSED, true, () -> {
            throw new AssertionError("asked");
        });

        assertThat(ours.recognise(failure, target)).isEmpty();
    }

    @Test
    void aConditionMayHaveBeenLostToOneselfIfTheStoreDoesNotSay() {
        Target target = new Target(Outcome.CONDITION_LOST, false, UploadMarkerTest::silent);

        assertThatThrownBy(() -> ours.recognise(failure, target))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("cannot upload store:a: it exists or has changed, maybe by this very upload, but the store"
                        + " could not be asked whose it is; look at the object, and try again: silent")
                .hasCause(failure);
    }

    @Test
    void otherwiseTheFailureStandsIfTheStoreDoesNotSay() throws IOException {
        assertThat(ours.recognise(failure, new Target(Outcome.UNKNOWN, false, UploadMarkerTest::silent)))
                .isEmpty();
        assertThat(failure.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("silent");
    }

    @Test
    void anInterruptWaitsForTheAnswer() throws IOException {
        Thread.currentThread().interrupt();
        Target target = new Target(Outcome.UNKNOWN, true, () -> {
            assertThat(Thread.currentThread().isInterrupted())
                    .as("while asking")
                    .isFalse();
            return Optional.of(THERE);
        });

        assertThat(ours.recognise(failure, target)).contains(THERE);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    }

    @Test
    void anInterruptIsKeptEvenIfTheStoreDoesNotSay() throws IOException {
        ours.recognise(failure, new Target(Outcome.UNKNOWN, true, UploadMarkerTest::silent));

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    }

    private static Optional<StorageObject> silent() {
        throw new IllegalStateException("silent");
    }

    /** What the store says when it is asked. */
    @FunctionalInterface
    private interface Answer {
        Optional<StorageObject> give() throws IOException;
    }

    private record Target(Outcome outcome, boolean interrupt, Answer answer) implements UploadTarget {
        @Override
        public String describe() {
            return "store:a";
        }

        @Override
        public Optional<StorageObject> find(UploadMarker marker) throws IOException {
            return answer.give();
        }

        @Override
        public Outcome outcome(Exception e) {
            return outcome;
        }

        @Override
        public boolean isInterrupt(Exception e) {
            return interrupt;
        }
    }
}
