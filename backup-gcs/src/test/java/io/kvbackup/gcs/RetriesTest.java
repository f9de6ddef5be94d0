package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.storage.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Pauses between attempts, in a time that passes only when somebody waits. */
class RetriesTest {
    private final List<Duration> pauses = new ArrayList<>();

    @Test
    void pausesGrowToTheirMaximumAndFillTheTime() {
        Duration call = Duration.ofHours(1);
        assertThatThrownBy(() -> retries(call, Duration.ofMillis(500)).call(this::unavailable))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("unavailable");

        assertThat(pauses).hasSizeBetween(180, 360);
        assertThat(pauses)
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(250), GcsSettings.MAX_PAUSE));
        assertThat(total()).isBetween(call.minus(GcsSettings.MAX_PAUSE), call);
    }

    @Test
    void firstPauseIsNeverLongerThanTheMaximum() {
        assertThatThrownBy(() ->
                        retries(Duration.ofMinutes(1), Duration.ofDays(365_000)).call(this::unavailable))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("unavailable");
        assertThat(pauses).isNotEmpty();
    }

    @Test
    void resolverMayBeOutOfReachForAWhile() throws IOException {
        List<IOException> failures = new ArrayList<>(List.of(new UnknownHostException("store.example.com")));
        String answer = retries(Duration.ofMinutes(1), Duration.ofMillis(500)).call(() -> {
            if (!failures.isEmpty()) {
                throw failures.remove(0);
            }
            return "there";
        });
        assertThat(answer).isEqualTo("there");
        assertThat(pauses).hasSize(1);
    }

    @Test
    void onlyConnectionsMakeTlsFailForAWhile() {
        for (Exception cause : List.of(
                new EOFException("SSL peer shut down incorrectly"),
                new SocketException("Connection reset"),
                new SocketTimeoutException("Read timed out"))) {
            assertThat(Retries.isTransient(tls(cause))).as("%s", cause).isTrue();
            assertThat(Retries.isTransient(StorageException.translate(tls(cause))))
                    .as("%s", cause)
                    .isTrue();
        }
        assertThat(Retries.isTransient(tls(new CertificateException("expired"))))
                .isFalse();
        assertThat(Retries.isTransient(new SSLException("Unsupported or unrecognized SSL message")))
                .isFalse();
    }

    private static IOException tls(Exception cause) {
        return (IOException) new SSLHandshakeException("handshake failed").initCause(cause);
    }

    private Void unavailable() throws IOException {
        throw new IOException("unavailable");
    }

    private Duration total() {
        return pauses.stream().reduce(Duration.ZERO, Duration::plus);
    }

    private Retries retries(Duration call, Duration firstPause) {
        GcsSettings settings =
                new GcsSettings(GcsSettings.GRANULARITY, null, null, Duration.ofSeconds(1), call, firstPause);
        Random random = new Random(7);
        return new Retries(settings, new Recorder(), () -> random);
    }

    private final class Recorder implements Retries.Sleeper {
        @Override
        public void sleep(Duration pause) {
            pauses.add(pause);
        }

        @Override
        public long nanoTime() {
            return total().toNanos();
        }
    }
}
