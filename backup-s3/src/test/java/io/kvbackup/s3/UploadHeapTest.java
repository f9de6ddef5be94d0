package io.kvbackup.s3;

import io.kvbackup.storage.bounds.UploadHeap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UploadHeapTest {
    @Test
    @Tag("thorough")
    void fourTimesTheHeap() throws Exception {
        UploadHeap.assertUploaded(uri(), 1L << 28);
    }

    @Test
    @Tag("soak")
    void sixteenTimesTheHeap() throws Exception {
        UploadHeap.assertUploaded(uri(), 1L << 30);
    }

    private static String uri() {
        return "s3://" + EmbeddedS3.newBucket() + "?endpoint=" + EmbeddedS3.endpoint()
                + "&accessKey=test&secretKey=test";
    }
}
