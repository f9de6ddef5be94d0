package io.kvbackup.gcs;

import com.google.api.client.http.AbstractInputStreamContent;
import com.google.api.client.http.HttpContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * Metadata of an object and its content in one request ({@code multipart/related}); the content's array is not copied.
 */
final class RelatedContent extends AbstractInputStreamContent {
    private final byte[] before;
    private final byte[] content;
    private final int length;
    private final byte[] after;

    private RelatedContent(String boundary, byte[] before, byte[] content, int length) {
        super("multipart/related; boundary=" + boundary);
        this.before = before;
        this.content = content;
        this.length = length;
        this.after = ascii("\r\n--" + boundary + "--\r\n");
    }

    static RelatedContent of(HttpContent metadata, byte[] content, int length) throws IOException {
        // The content may hold any fixed text, so the boundary is random.
        String boundary = "kvbackup-" + UUID.randomUUID();
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.writeBytes(ascii("--" + boundary + "\r\nContent-Type: " + metadata.getType() + "\r\n\r\n"));
        metadata.writeTo(before);
        before.writeBytes(ascii("\r\n--" + boundary + "\r\nContent-Type: " + ObjectRequest.CONTENT_TYPE + "\r\n\r\n"));
        return new RelatedContent(boundary, before.toByteArray(), content, length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public InputStream getInputStream() {
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(before),
                new ByteArrayInputStream(content, 0, length),
                new ByteArrayInputStream(after))));
    }

    @Override
    public long getLength() {
        return (long) before.length + length + after.length;
    }

    @Override
    public boolean retrySupported() {
        return true;
    }
}
