package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON form of a {@link LeaseRecord}. */
public final class LeaseJson {
    /** Larger ones are refused unread. */
    public static final int MAX_BYTES = 64 << 10;

    private static final int FORMAT_VERSION = 1;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LeaseJson() {}

    /** @throws IllegalArgumentException if the attributes make it larger than {@link #MAX_BYTES} */
    public static byte[] encode(LeaseRecord lease) {
        ObjectNode json = MAPPER.createObjectNode();
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
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("lease " + lease.name() + ": " + bytes.length
                    + " bytes are too many, at most " + MAX_BYTES + "; keep less in its attributes");
        }
        return bytes;
    }

    /**
     * @param source what to call the record in messages
     * @throws CorruptBackupException if the bytes are not a record of a known version
     */
    public static LeaseRecord decode(byte[] bytes, String source) throws CorruptBackupException {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            if (json.path("formatVersion").asInt(-1) != FORMAT_VERSION) {
                throw new CorruptBackupException(source + " has format version " + json.path("formatVersion")
                        + ", this release reads " + FORMAT_VERSION + "; use a newer release");
            }
            Map<String, String> attributes = new TreeMap<>();
            json.path("attributes")
                    .properties()
                    .forEach(each ->
                            attributes.put(each.getKey(), each.getValue().asText()));
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
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw unreadable(source, e);
        } catch (CorruptBackupException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    private static long number(JsonNode json, String field) {
        JsonNode node = json.required(field);
        if (!node.canConvertToLong() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException(field + " is " + node + ", which is no number");
        }
        return node.asLong();
    }

    private static CorruptBackupException unreadable(String source, Exception e) {
        return new CorruptBackupException(
                source + " is not the record of a lease (" + e.getMessage()
                        + "); while no process uses the store, it can be replaced by one with a greater token",
                e);
    }
}
