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
 * A connection of the JDK that is closed when its answer breaks off. The library closes an answer by reading the rest of
 * it; if that fails, it leaves the connection open until the garbage collector finds it.
 */
final class TidyConnection extends HttpURLConnection {
    private final HttpURLConnection connection;

    TidyConnection(HttpURLConnection connection) {
        super(connection.getURL());
        this.connection = connection;
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
                return super.read();
            } catch (IOException e) {
                throw brokenOff(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            requireWhole();
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw brokenOff(e);
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
        return new Answer(connection.getInputStream());
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        InputStream answer = connection.getErrorStream();
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

    @Override
    public void disconnect() {
        connection.disconnect();
    }

    @Override
    public boolean usingProxy() {
        return connection.usingProxy();
    }

    @Override
    public int getResponseCode() throws IOException {
        return connection.getResponseCode();
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
        connection.setConnectTimeout(millis);
    }

    @Override
    public void setReadTimeout(int millis) {
        connection.setReadTimeout(millis);
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
