package io.kvbackup.format;

import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Buffered writing of JSON pieces. */
final class JsonOutput {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** A multiple of three, so that the pieces of a long value join without padding. */
    private static final int BASE64_BYTES = 48 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** The longest escape of one byte. */
    static final int LONGEST_ESCAPE = 6;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;

    JsonOutput(OutputStream out) {
        this.out = out;
    }

    /** JSON as it is. */
    JsonOutput raw(String json) throws IOException {
        return raw(json.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON as it is. */
    JsonOutput raw(byte[] json) throws IOException {
        return raw(json, 0, json.length);
    }

    private JsonOutput raw(byte[] json, int offset, int length) throws IOException {
        if (length > buffer.length - used) {
            drain();
        }
        if (length > buffer.length) {
            out.write(json, offset, length);
        } else {
            System.arraycopy(json, offset, buffer, used, length);
            used += length;
        }
        return this;
    }

    JsonOutput string(String text) throws IOException {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A string with the given UTF-8 content. */
    JsonOutput string(byte[] text) throws IOException {
        quote();
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                raw(text, start, i - start);
                escape(b);
                start = i + 1;
            }
        }
        raw(text, start, text.length - start);
        return quote();
    }

    /** How long the content of a string becomes. */
    static long length(Encoding encoding, byte[] bytes) {
        if (encoding == Encoding.BINARY) {
            return (bytes.length + 2L) / 3 * 4;
        }
        long length = bytes.length;
        for (byte b : bytes) {
            length += b == '"' || b == '\\' ? 1 : b >= 0 && b < 0x20 ? LONGEST_ESCAPE - 1 : 0;
        }
        return length;
    }

    private void escape(byte b) throws IOException {
        if (b == '"' || b == '\\') {
            raw(new byte[] {'\\', b});
        } else {
            raw(new byte[] {'\\', 'u', '0', '0', HEX[b >> 4], HEX[b & 0xF]});
        }
    }

    /** A string with the bytes in base64. */
    JsonOutput base64(byte[] bytes) throws IOException {
        quote();
        if (bytes.length <= BASE64_BYTES) {
            raw(Base64.getEncoder().encode(bytes));
        } else {
            for (int from = 0; from < bytes.length; from += BASE64_BYTES) {
                int to = Math.min(bytes.length, from + BASE64_BYTES);
                raw(Base64.getEncoder().encode(Arrays.copyOfRange(bytes, from, to)));
            }
        }
        return quote();
    }

    private JsonOutput quote() throws IOException {
        if (used == buffer.length) {
            drain();
        }
        buffer[used++] = '"';
        return this;
    }

    private void drain() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }

    void flush() throws IOException {
        drain();
        out.flush();
    }
}
