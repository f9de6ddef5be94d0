package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A version of an object. */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and the array is never changed.
record StoredObject(
        String bucket, ObjectInfo info, byte[] content, long generation, long metageneration, Instant created) {
    String crc32c() {
        return Checksums.crc32c(content);
    }

    String md5() {
        return Checksums.md5(content);
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
                .put("md5Hash", md5())
                .put("etag", "e" + generation + "/" + metageneration)
                .put("timeCreated", created.toString())
                .put("updated", created.toString());
        info.contentEncoding().ifPresent(encoding -> json.put("contentEncoding", encoding));
        info.kmsKey().ifPresent(key -> json.put("kmsKeyName", key + "/cryptoKeyVersions/1"));
        if (!info.metadata().isEmpty()) {
            ObjectNode metadata = json.putObject("metadata");
            info.metadata().forEach(metadata::put);
        }
        return json;
    }
}
