package io.kvbackup.gcs;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the JDK that is closed when its answer breaks off, and that keeps the deadline of its request. The library closes an
 * answer by reading the rest of it; if that fails, it leaves the connection open until the garbage collector finds it.
 */
final class TidyConnection extends HttpURLConnection {
    /** Instead of a deadline. */
    static final int NO_LIMIT = 0;

    private final HttpURLConnection connection;
    private final int limit;
    private volatile boolean answered;
    private volatile boolean expired;

    /** @param limit for connecting and for each read, in milliseconds, whatever the library wants */
    TidyConnection(HttpURLConnection connection, int limit) {
        super(connection.getURL());
        this.connection = connection;
        this.limit = limit;
    }

    /**
     * Ends the request, from another thread. Once there is an answer the JDK would wait here until a read of it has come back: then it is
     * left to the reader to notice.
     */
    void expire() {
        expired = true;
        if (!answered) {
            disconnect();
        }
    }

    /** What has arrived of an answer; once it has broken off, every further read says so. */
    private final class Answer extends FilterInputStream {
        private @Nullable IOException failure;

        Answer(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            requireWhole();
            try {
                int read = super.read();
                requireTime();
                return read;
            } catch (IOException e) {
                throw brokenOff(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            requireWhole();
            try {
                int read = super.read(bytes, offset, length);
                requireTime();
                return read;
            } catch (IOException e) {
                throw brokenOff(e);
            }
        }

        private void requireTime() throws SocketTimeoutException {
            if (expired) {
                throw new SocketTimeoutException("the answer takes too long");
            }
        }

        private IOException brokenOff(IOException e) {
            failure = e;
            disconnect();
            return e;
        }

        /** Not with the same exception: it may be added to itself as suppressed. */
        private void requireWhole() throws IOException {
            if (failure instanceof SocketTimeoutException) {
                throw (IOException) new SocketTimeoutException(failure.getMessage()).initCause(failure);
            }
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream answer = connection.getInputStream();
        answered = true;
        return new Answer(answer);
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        InputStream answer = connection.getErrorStream();
        answered = true;
        return answer == null ? null : new Answer(answer);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return connection.getOutputStream();
    }

    @Override
    public void connect() throws IOException {
        connection.connect();
    }

    /** One at a time: that of the JDK stumbles over another. */
    @Override
    public synchronized void disconnect() {
        connection.disconnect();
    }

    @Override
    public boolean usingProxy() {
        return connection.usingProxy();
    }

    /** Of an answer that broke off in its head, which for the library would be one without content, the JDK tells the code all the same. */
    @Override
    public int getResponseCode() throws IOException {
        int code = connection.getResponseCode();
        if (code < HTTP_BAD_REQUEST) {
            connection.getInputStream();
        }
        return code;
    }

    @Override
    public String getResponseMessage() throws IOException {
        return connection.getResponseMessage();
    }

    @Override
    public @Nullable String getHeaderField(String name) {
        return connection.getHeaderField(name);
    }

    @Override
    public @Nullable String getHeaderField(int number) {
        return connection.getHeaderField(number);
    }

    @Override
    public @Nullable String getHeaderFieldKey(int number) {
        return connection.getHeaderFieldKey(number);
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        return connection.getHeaderFields();
    }

    @Override
    public void setRequestMethod(String method) throws ProtocolException {
        connection.setRequestMethod(method);
    }

    @Override
    public String getRequestMethod() {
        return connection.getRequestMethod();
    }

    @Override
    public void setRequestProperty(String name, String value) {
        connection.setRequestProperty(name, value);
    }

    @Override
    public void addRequestProperty(String name, String value) {
        connection.addRequestProperty(name, value);
    }

    @Override
    public @Nullable String getRequestProperty(String name) {
        return connection.getRequestProperty(name);
    }

    @Override
    public Map<String, List<String>> getRequestProperties() {
        return connection.getRequestProperties();
    }

    @Override
    public void setDoOutput(boolean output) {
        connection.setDoOutput(output);
    }

    @Override
    public boolean getDoOutput() {
        return connection.getDoOutput();
    }

    @Override
    public void setUseCaches(boolean caches) {
        connection.setUseCaches(caches);
    }

    @Override
    public void setInstanceFollowRedirects(boolean follow) {
        connection.setInstanceFollowRedirects(follow);
    }

    @Override
    public void setConnectTimeout(int millis) {
        boolean longer = limit != NO_LIMIT && (millis == 0 || millis > limit);
        connection.setConnectTimeout(longer ? limit : millis);
    }

    /** The library has a time-out of its own for batches, be it too long or too short. */
    @Override
    public void setReadTimeout(int millis) {
        connection.setReadTimeout(limit == NO_LIMIT ? millis : limit);
    }

    @Override
    public int getReadTimeout() {
        return connection.getReadTimeout();
    }

    @Override
    public void setChunkedStreamingMode(int length) {
        connection.setChunkedStreamingMode(length);
    }

    @Override
    public void setFixedLengthStreamingMode(int length) {
        connection.setFixedLengthStreamingMode(length);
    }

    @Override
    public void setFixedLengthStreamingMode(long length) {
        connection.setFixedLengthStreamingMode(length);
    }
}
