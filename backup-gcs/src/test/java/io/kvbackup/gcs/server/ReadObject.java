package io.kvbackup.gcs.server;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives an object's properties, or with {@code alt=media} its content or a range of it. */
final class ReadObject {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    private ReadObject() {}

    static Reply handle(Bucket bucket, String name, Request request) throws ApiException {
        Set<String> parameters = new HashSet<>(Preconditions.NAMES);
        parameters.add("generation");
        request.allow(parameters);
        StoredObject object = bucket.get(name, request.number("generation"));
        Preconditions.of(request).requireForRead(object);
        return switch (request.parameter("alt").orElse("json")) {
            case "json" -> Reply.json(object.json());
            case "media" -> media(object, request);
            default -> throw ApiException.invalid("Invalid value for parameter alt");
        };
    }

    private static Reply media(StoredObject object, Request request) throws ApiException {
        boolean unpack = object.info().contentEncoding().filter("gzip"::equals).isPresent()
                && !request.header("accept-encoding").orElse("").contains("gzip");
        if (unpack) {
            throw new ApiException(501, "notImplemented", "Decompressive transcoding is not part of this server");
        }
        byte[] all = object.content();
        Matcher range = RANGE.matcher(request.header("range").orElse(""));
        // A range that cannot be understood is as good as none.
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return described(new Reply(200, java.util.Map.of(), all), object);
        }
        long from = range.group(1).isEmpty()
                ? Math.max(0, all.length - Long.parseLong(range.group(2)))
                : Long.parseLong(range.group(1));
        boolean open = range.group(1).isEmpty() || range.group(2).isEmpty();
        long to = open ? all.length - 1L : Math.min(all.length - 1L, Long.parseLong(range.group(2)));
        if (from >= all.length || to < from) {
            return Reply.error(416, "requestedRangeNotSatisfiable", "Request range not satisfiable")
                    .with("Content-Range", "bytes */" + all.length);
        }
        byte[] part = Arrays.copyOfRange(all, (int) from, (int) to + 1);
        return described(new Reply(206, java.util.Map.of(), part), object)
                .with("Content-Range", "bytes " + from + "-" + to + "/" + all.length);
    }

    private static Reply described(Reply reply, StoredObject object) {
        String crc = "crc32c=" + object.crc32c();
        Reply hashed = reply.with("X-Goog-Hash", crc, "md5=" + object.md5());
        Reply described = hashed.with("Content-Type", object.info().contentType())
                .with("X-Goog-Generation", Long.toString(object.generation()))
                .with("X-Goog-Metageneration", Long.toString(object.metageneration()))
                .with(
                        "X-Goog-Stored-Content-Encoding",
                        object.info().contentEncoding().orElse("identity"))
                .with("X-Goog-Stored-Content-Length", Integer.toString(object.content().length))
                .with("X-Goog-Storage-Class", object.info().storageClass());
        return object.info()
                .contentEncoding()
                .map(encoding -> described.with("Content-Encoding", encoding))
                .orElse(described);
    }
}
