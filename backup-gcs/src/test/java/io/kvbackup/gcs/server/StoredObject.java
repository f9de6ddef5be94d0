package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A version of an object.
 *
 * @param components of how many parts it was composed; 0 if it was not
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and the array is never changed.
record StoredObject(
        String bucket,
        ObjectInfo info,
        byte[] content,
        long generation,
        long metageneration,
        Instant created,
        int components) {
    String crc32c() {
        return Checksums.crc32c(content);
    }

    /** Composed objects have no MD5. */
    Optional<String> md5() {
        return components == 0 ? Optional.of(Checksums.md5(content)) : Optional.empty();
    }

    ObjectNode json() {
        ObjectNode json = Reply.JSON
                .createObjectNode()
                .put("kind", "storage#object")
                .put("id", bucket + "/" + info.name() + "/" + generation)
                .put("name", info.name())
                .put("bucket", bucket)
                .put("generation", Long.toString(generation))
                .put("metageneration", Long.toString(metageneration))
                .put("contentType", info.contentType())
                .put("storageClass", info.storageClass())
                .put("size", Long.toString(content.length))
                .put("crc32c", crc32c())
                .put("etag", "e" + generation + "/" + metageneration)
                .put("timeCreated", created.toString())
                .put("updated", created.toString());
        md5().ifPresent(md5 -> json.put("md5Hash", md5));
        info.contentEncoding().ifPresent(encoding -> json.put("contentEncoding", encoding));
        info.kmsKey().ifPresent(key -> json.put("kmsKeyName", key + "/cryptoKeyVersions/1"));
        if (components > 0) {
            json.put("componentCount", components);
        }
        if (!info.metadata().isEmpty()) {
            ObjectNode metadata = json.putObject("metadata");
            info.metadata().forEach(metadata::put);
        }
        return json;
    }
}
