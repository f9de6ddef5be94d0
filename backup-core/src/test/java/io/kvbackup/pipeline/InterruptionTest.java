package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private final InterruptedIOException interrupted = new InterruptedIOException("interrupted");

    @Test
    void interruptsAreToldFromTimeOuts() {
        assertThat(Interruption.is(interrupted)).isTrue();
        assertThat(Interruption.is(new InterruptedException())).isTrue();
        assertThat(Interruption.is(new SocketTimeoutException("read timed out")))
                .isFalse();
        // As HTTP clients have it.
        assertThat(Interruption.is(new InterruptedIOException("no connection in time") {}))
                .isFalse();
        assertThat(Interruption.is(new IOException(interrupted))).isFalse();
        assertThat(Interruption.is(null)).isFalse();
    }

    @Test
    void onlyAnInterruptIsThrownAgain() {
        assertThatThrownBy(() -> Interruption.rethrow(interrupted)).isSameAs(interrupted);
        assertThatCode(() -> Interruption.rethrow(new SocketTimeoutException())).doesNotThrowAnyException();
    }
}
