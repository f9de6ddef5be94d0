package io.kvbackup.gcs.server;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;

/** CRC32C and MD5 as the API writes them. */
final class Checksums {
    private Checksums() {}

    static String crc32c(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses content that is not what {@code x-goog-hash} says: {@code crc32c=...,md5=...}. */
    static void requireHeader(byte[] content, String header) throws ApiException {
        for (String hash : header.split(",", -1)) {
            String[] pair = hash.strip().split("=", 2);
            switch (pair[0]) {
                case "crc32c" -> require("CRC32C", pair[1], crc32c(content));
                case "md5" -> require("MD5", pair[1], md5(content));
                default -> throw ApiException.invalid("Unknown hash in x-goog-hash: " + pair[0]);
            }
        }
    }

    static void require(String kind, String provided, String calculated) throws ApiException {
        if (!provided.equals(calculated)) {
            throw ApiException.invalid("Provided " + kind + " \"" + provided + "\" doesn't match calculated " + kind
                    + " \"" + calculated + "\".");
        }
    }
}
