package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes one object of up to 32 others. */
final class ComposeObject {
    private static final int MAX_SOURCES = 32;

    private ComposeObject() {}

    static Reply handle(Bucket bucket, String target, Request request) throws ApiException {
        Set<String> parameters = new HashSet<>(Preconditions.NAMES);
        parameters.add("kmsKeyName");
        request.allow(parameters);
        JsonNode sources = request.json().path("sourceObjects");
        if (sources.size() < 1 || sources.size() > MAX_SOURCES) {
            throw ApiException.invalid("The number of source components provided (" + sources.size()
                    + ") must be from 1 to " + MAX_SOURCES);
        }
        List<StoredObject> objects = new ArrayList<>();
        for (JsonNode source : sources) {
            objects.add(source(bucket, source));
        }
        int components = objects.stream()
                .mapToInt(object -> Math.max(1, object.components()))
                .sum();
        ObjectNode properties = request.json().path("destination") instanceof ObjectNode destination
                ? destination
                : Reply.JSON.createObjectNode();
        if (properties.has("md5Hash")) {
            throw ApiException.invalid("Composed objects have no MD5");
        }
        ObjectInfo info = ObjectInfo.of(target, request.parameter("kmsKeyName"), properties);
        return Reply.json(bucket.put(info, content(objects), components, Preconditions.of(request))
                .json());
    }

    private static byte[] content(List<StoredObject> objects) {
        int size = objects.stream().mapToInt(object -> object.content().length).sum();
        ByteBuffer content = ByteBuffer.allocate(size);
        objects.forEach(object -> content.put(object.content()));
        return content.array();
    }

    private static StoredObject source(Bucket bucket, JsonNode source) throws ApiException {
        Optional<Long> generation = source.hasNonNull("generation")
                ? Optional.of(source.get("generation").asLong())
                : Optional.empty();
        StoredObject object = bucket.get(source.path("name").asText(), generation);
        JsonNode wanted = source.path("objectPreconditions").path("ifGenerationMatch");
        if (!wanted.isMissingNode() && wanted.asLong() != object.generation()) {
            throw ApiException.conditionNotMet();
        }
        return object;
    }
}
