package io.kvbackup.gcs;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.HttpMediaType;
import com.google.api.client.http.MultipartContent;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.util.zip.CRC32C;

/** An upload by one request, which carries what is to be known of the object and its content. */
final class SingleUpload {
    private SingleUpload() {}

    static StorageObject send(GcsSession session, ObjectRequest request, byte[] content, int length, CRC32C crc)
            throws IOException {
        // The content may hold any fixed text, so the boundary is random.
        MultipartContent parts = new MultipartContent()
                .setMediaType(new HttpMediaType("multipart/related"))
                .setBoundary("kvbackup-" + java.util.UUID.randomUUID())
                .addPart(new MultipartContent.Part(request.metadata(Crc.encode(crc))))
                .addPart(new MultipartContent.Part(
                        new ByteArrayContent(ObjectRequest.CONTENT_TYPE, content, 0, length)));
        return session.api()
                .exchange("POST", request.url("multipart"), parts, headers -> {}, ObjectAnswers::objectOrRefusal);
    }
}
