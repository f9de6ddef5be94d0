package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Time-outs that the library sets, and the deadline of an attempt. Nothing is connected. */
class TidyConnectionTest {
    @Test
    void deadlineOfAnAttemptHoldsInsteadOfTheLibrarysOwnReadTimeout() throws IOException {
        for (int librarys : new int[] {0, 20_000, 100_000}) {
            HttpURLConnection jdks = jdks();
            new TidyConnection(jdks, 60_000).setReadTimeout(librarys);
            assertThat(jdks.getReadTimeout()).as("instead of %d", librarys).isEqualTo(60_000);
        }
    }

    @Test
    void connectingTakesNoLongerThanAnAttempt() throws IOException {
        HttpURLConnection jdks = jdks();
        TidyConnection connection = new TidyConnection(jdks, 60_000);
        connection.setConnectTimeout(20_000);
        assertThat(jdks.getConnectTimeout()).isEqualTo(20_000);
        connection.setConnectTimeout(100_000);
        assertThat(jdks.getConnectTimeout()).isEqualTo(60_000);
        connection.setConnectTimeout(0);
        assertThat(jdks.getConnectTimeout()).as("instead of for ever").isEqualTo(60_000);
    }

    @Test
    void librarysTimeoutsHoldForConnectionsOfWhichNothingIsKnown() throws IOException {
        HttpURLConnection jdks = jdks();
        TidyConnection connection = new TidyConnection(jdks, TidyConnection.NO_LIMIT);
        connection.setConnectTimeout(100_000);
        connection.setReadTimeout(20_000);
        assertThat(jdks.getConnectTimeout()).isEqualTo(100_000);
        assertThat(jdks.getReadTimeout()).isEqualTo(20_000);
    }

    private static HttpURLConnection jdks() throws IOException {
        return (HttpURLConnection) URI.create("http://127.0.0.1:9/").toURL().openConnection();
    }
}
