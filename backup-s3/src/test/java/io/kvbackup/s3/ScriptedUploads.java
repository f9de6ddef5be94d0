package io.kvbackup.s3;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import java.util.Map;

/** What a store that works answers to the requests of an upload. */
final class ScriptedUploads {
    static final String OURS = "our-id";

    private ScriptedUploads() {}

    static Answer answer(Request request) {
        return switch (request.operation()) {
            case "Create" ->
                Answer.xml("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
            case "Complete" ->
                Answer.xml("<CompleteMultipartUploadResult><ETag>\"done\"</ETag></CompleteMultipartUploadResult>");
            case "UploadPart" -> confirmed("\"part\"");
            case "Put" -> confirmed("\"put\"");
            case "Abort" -> Answer.of(204, Map.of(), "");
            default -> Answer.error(404, "NoSuchKey");
        };
    }

    /** The answer of a store that has understood the checksum. */
    private static Answer confirmed(String etag) {
        return Answer.of(200, Map.of("ETag", etag, "x-amz-checksum-crc32", "AAAAAA=="), "");
    }

    /** The answer to a question for an object. */
    static Answer head(String id, long size) {
        Map<String, String> headers =
                Map.of("ETag", "\"seen\"", "Content-Length", String.valueOf(size), "x-amz-meta-kvbackup-upload", id);
        return new Answer(200, headers, "", size);
    }
}
