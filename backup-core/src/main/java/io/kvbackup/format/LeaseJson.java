package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON form of a {@link LeaseRecord}. */
public final class LeaseJson {
    private static final int FORMAT_VERSION = 1;

    private LeaseJson() {}

    /** @throws IllegalArgumentException if the attributes make it larger than {@link Limits#LEASE_BYTES} */
    public static byte[] encode(LeaseRecord lease) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("formatVersion", FORMAT_VERSION);
        json.put("name", lease.name());
        json.put("token", lease.token());
        json.put("holder", lease.holder().orElse(null));
        json.put("ttlMillis", lease.ttl().toMillis());
        json.put("renewals", lease.renewals());
        json.put("acquiredAt", lease.acquiredAt().toString());
        ObjectNode attributes = json.putObject("attributes");
        new TreeMap<>(lease.attributes()).forEach(attributes::put);
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Limits.LEASE_BYTES) {
            throw new IllegalArgumentException("lease " + lease.name() + ": " + bytes.length
                    + " bytes are too many, at most " + Limits.LEASE_BYTES + "; keep less in its attributes");
        }
        return bytes;
    }

    /**
     * @param source what to call the record in messages
     * @throws CorruptBackupException if the bytes are not a record of a known version
     */
    public static LeaseRecord decode(byte[] bytes, String source) throws IOException {
        JsonNode version;
        try {
            JsonNode json = Documents.strict(bytes, "it");
            version = json.path("formatVersion");
            if (version.asInt(-1) == FORMAT_VERSION) {
                return Documents.read("it", () -> record(json));
            }
        } catch (CorruptBackupException e) {
            throw new CorruptBackupException(
                    source + " is not the record of a lease (" + e.getMessage()
                            + "); while no process uses the store, it can be replaced by one with a greater token",
                    e);
        }
        throw new CorruptBackupException(source + " has format version " + version + ", this release reads "
                + FORMAT_VERSION + "; use a newer release");
    }

    private static LeaseRecord record(JsonNode json) {
        Map<String, String> attributes = new TreeMap<>();
        json.path("attributes")
                .properties()
                .forEach(each -> attributes.put(each.getKey(), each.getValue().asText()));
        return new LeaseRecord(
                json.required("name").asText(),
                number(json, "token"),
                Optional.of(json.required("holder"))
                        .filter(node -> !node.isNull())
                        .map(JsonNode::asText),
                Duration.ofMillis(number(json, "ttlMillis")),
                number(json, "renewals"),
                Instant.parse(json.required("acquiredAt").asText()),
                attributes);
    }

    private static long number(JsonNode json, String field) {
        JsonNode node = json.required(field);
        if (!node.canConvertToLong() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException(field + " is " + node + ", which is no number");
        }
        return node.asLong();
    }
}
