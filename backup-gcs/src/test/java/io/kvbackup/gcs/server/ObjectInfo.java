package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a client says about an object that it writes. */
record ObjectInfo(
        String name,
        String contentType,
        Optional<String> contentEncoding,
        Map<String, String> metadata,
        String storageClass,
        Optional<String> kmsKey,
        Optional<String> crc32c,
        Optional<String> md5) {
    private static final Set<String> STORAGE_CLASSES = Set.of("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE");
    private static final int MAX_NAME = 1_024;

    static ObjectInfo of(Request request, ObjectNode json) throws ApiException {
        String name = request.parameter("name").orElse(json.path("name").asText(""));
        if (json.has("name") && !json.path("name").asText().equals(name)) {
            throw ApiException.invalid("Value '" + json.path("name").asText() + "' in content does not agree with '"
                    + name + "' in parameter.");
        }
        return of(name, request.parameter("kmsKeyName"), json);
    }

    static ObjectInfo of(String name, Optional<String> kmsKey, ObjectNode json) throws ApiException {
        String storageClass = text(json, "storageClass").orElse("STANDARD");
        if (!STORAGE_CLASSES.contains(storageClass)) {
            throw ApiException.invalid("Invalid argument: storageClass " + storageClass);
        }
        return new ObjectInfo(
                requireName(name),
                text(json, "contentType").orElse("application/octet-stream"),
                text(json, "contentEncoding"),
                metadata(json.path("metadata")),
                storageClass,
                kmsKey,
                text(json, "crc32c"),
                text(json, "md5Hash"));
    }

    private static Optional<String> text(ObjectNode json, String field) {
        return json.hasNonNull(field) ? Optional.of(json.get(field).asText()) : Optional.empty();
    }

    private static Map<String, String> metadata(JsonNode json) throws ApiException {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            if (!entry.getValue().isTextual()) {
                throw ApiException.invalid("Metadata must be text: " + entry.getKey());
            }
            metadata.put(entry.getKey(), entry.getValue().asText());
        }
        return metadata;
    }

    /** The naming requirements of the documentation. */
    private static String requireName(String name) throws ApiException {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        boolean refused = name.isEmpty()
                || bytes > MAX_NAME
                || name.indexOf('\n') >= 0
                || name.indexOf('\r') >= 0
                || name.equals(".")
                || name.equals("..")
                || name.startsWith(".well-known/acme-challenge/");
        if (refused) {
            throw ApiException.invalid("Invalid object name: '" + name + "'");
        }
        return name;
    }

    /** Refuses content that does not have the checksums that were announced. */
    void requireChecksums(byte[] content) throws ApiException {
        if (crc32c.isPresent()) {
            Checksums.require("CRC32C", crc32c.get(), Checksums.crc32c(content));
        }
        if (md5.isPresent()) {
            Checksums.require("MD5", md5.get(), Checksums.md5(content));
        }
    }
}
