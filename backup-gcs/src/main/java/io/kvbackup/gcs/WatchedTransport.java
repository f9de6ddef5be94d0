package io.kvbackup.gcs;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.util.concurrent.Future;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP, with an end to requests whose content nobody reads, and to connections of which nobody reads the answer. The JDK bounds
 * connecting and reading only, the library's own write time-out waits for the very write that hangs, and the library leaves a connection
 * open when a compressed answer breaks off.
 */
final class WatchedTransport implements HttpTransportFactory {
    /** A request that may fail. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException;
    }

    private static final Alarms ALARMS = new Alarms();
    private static final ThreadLocal<@Nullable Watch> CURRENT = new ThreadLocal<>();

    @Override
    public HttpTransport create() {
        return new NetHttpTransport.Builder()
                .setConnectionFactory(WatchedTransport::open)
                .build();
    }

    private static HttpURLConnection open(URL url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(HastySockets.of(secure.getSSLSocketFactory()));
        }
        Watch watch = CURRENT.get();
        return watch == null ? new TidyConnection(connection, TidyConnection.NO_LIMIT) : watch.watch(connection);
    }

    /** Sends a request, and breaks its connection if that takes longer or fails. */
    static <T> T within(int millis, Request<T> request) throws IOException {
        Watch watch = new Watch(millis);
        CURRENT.set(watch);
        Future<?> alarm = ALARMS.in(millis, watch::expire);
        try {
            return request.send();
        } catch (IOException | RuntimeException e) {
            if (watch.breakOff()) {
                throw (IOException)
                        new SocketTimeoutException("not sent and answered within " + millis + " ms").initCause(e);
            }
            throw e;
        } finally {
            CURRENT.remove();
            watch.end();
            alarm.cancel(false);
        }
    }

    /** The connection of one request. It is never broken under the lock: that may take a while. */
    private static final class Watch {
        private final int millis;
        private @Nullable TidyConnection connection;
        private boolean ended;
        private boolean expired;

        Watch(int millis) {
            this.millis = millis;
        }

        synchronized TidyConnection watch(HttpURLConnection opened) throws IOException {
            if (expired) {
                throw new SocketTimeoutException("no time is left");
            }
            connection = new TidyConnection(opened, millis);
            return connection;
        }

        void expire() {
            TidyConnection late = late();
            if (late != null) {
                late.expire();
            }
        }

        private synchronized @Nullable TidyConnection late() {
            if (ended) {
                return null;
            }
            expired = true;
            return connection;
        }

        /** Nothing is ended any more from now on; gives what was watched. */
        synchronized @Nullable TidyConnection end() {
            TidyConnection last = connection;
            ended = true;
            connection = null;
            return last;
        }

        /** Whether the time was over. */
        boolean breakOff() {
            TidyConnection last = end();
            if (last != null) {
                last.disconnect();
            }
            return isExpired();
        }

        private synchronized boolean isExpired() {
            return expired;
        }
    }
}
