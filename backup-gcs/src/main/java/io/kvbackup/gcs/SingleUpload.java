package io.kvbackup.gcs;

import com.google.api.client.http.HttpContent;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.util.zip.CRC32C;

/** An upload by one request, which carries what is to be known of the object and its content. */
final class SingleUpload {
    private SingleUpload() {}

    static StorageObject send(GcsSession session, ObjectRequest request, byte[] content, int length, CRC32C crc)
            throws IOException {
        HttpContent both = RelatedContent.of(request.metadata(Crc.encode(crc)), content, length);
        return session.api()
                .exchange("POST", request.url("multipart"), both, headers -> {}, ObjectAnswers::objectOrRefusal);
    }
}
