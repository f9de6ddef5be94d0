package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.objectstore.UploadTarget.Outcome;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
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
        assertThat(ours.recognise(failure, PutCondition.none(), new Target(outcome, false, () -> Optional.of(THERE))))
                .contains(THERE);
        assertThat(ours.recognise(failure, PutCondition.none(), new Target(outcome, false, Optional::empty)))
                .isEmpty();
    }

    /** A server that refuses before it has read everything closes the connection, and its answer may never arrive. */
    @Test
    void aConditionThatIsLostIsToldEvenIfTheAnswerIs() throws IOException {
        Map<String, String> theirs = new UploadMarker("theirs").metadata();
        PutCondition other = PutCondition.ifMatch("another");
        PutCondition same = PutCondition.ifMatch("\"" + THERE.etag() + "\"");
        for (PutCondition lost : List.of(PutCondition.ifAbsent(), other)) {
            Target there = new Target(Outcome.UNKNOWN, false, () -> Optional.of(THERE), theirs);
            assertThatThrownBy(() -> ours.recognise(failure, lost, there))
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("store:a: it has changed, or exists already")
                    .hasMessageContaining("broke off");
        }
        for (PutCondition kept : List.of(PutCondition.none(), same)) {
            assertThat(ours.recognise(
                            failure, kept, new Target(Outcome.UNKNOWN, false, () -> Optional.of(THERE), theirs)))
                    .isEmpty();
        }
        Target nothing = new Target(Outcome.UNKNOWN, false, Optional::empty);
        assertThat(ours.recognise(failure, PutCondition.ifAbsent(), nothing)).isEmpty();
        assertThatThrownBy(() -> ours.recognise(failure, other, nothing))
                .isInstanceOf(PreconditionFailedException.class);
    }

    @Test
    void whatTheStoreHasRefusedIsNotLookedFor() throws IOException {
        Target target = new Target(Outcome.REFUSED, true, () -> {
            throw new AssertionError("asked");
        });

        assertThat(ours.recognise(failure, PutCondition.none(), target)).isEmpty();
    }

    @Test
    void aConditionMayHaveBeenLostToOneselfIfTheStoreDoesNotSay() {
        Target target = new Target(Outcome.CONDITION_LOST, false, UploadMarkerTest::silent);

        assertThatThrownBy(() -> ours.recognise(failure, PutCondition.none(), target))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("cannot upload store:a: it exists or has changed, maybe by this very upload, but the store"
                        + " could not be asked whose it is; look at the object, and try again: silent")
                .hasCause(failure);
    }

    @Test
    void otherwiseTheFailureStandsIfTheStoreDoesNotSay() throws IOException {
        assertThat(ours.recognise(
                        failure, PutCondition.none(), new Target(Outcome.UNKNOWN, false, UploadMarkerTest::silent)))
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

        assertThat(ours.recognise(failure, PutCondition.none(), target)).contains(THERE);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    }

    @Test
    void anInterruptIsKeptEvenIfTheStoreDoesNotSay() throws IOException {
        ours.recognise(failure, PutCondition.none(), new Target(Outcome.UNKNOWN, true, UploadMarkerTest::silent));

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

    private record Target(Outcome outcome, boolean interrupt, Answer answer, Map<String, String> metadata)
            implements UploadTarget {
        Target(Outcome outcome, boolean interrupt, Answer answer) {
            this(outcome, interrupt, answer, Map.of("kvbackup-upload", "ours"));
        }

        @Override
        public String describe() {
            return "store:a";
        }

        @Override
        public Optional<Found> look() throws IOException {
            return answer.give().map(object -> new Found(object, metadata));
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
