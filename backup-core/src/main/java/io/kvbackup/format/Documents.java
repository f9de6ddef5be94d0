package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;

/**
 * Reads documents of JSON that are small enough to be held. However a parser or what is made of its tree fails, it is
 * damage of the document; only a heap that is too small for it is not.
 */
public final class Documents {
    /** Documents are read only up to a length; a string within may take all of it. */
    static final StreamReadConstraints ANY_STRING = StreamReadConstraints.builder()
            .maxNestingDepth(Limits.JSON_DEPTH)
            .maxStringLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .build();

    private static final JsonMapper LENIENT = JsonMapper.builder(factory()).build();
    private static final JsonMapper STRICT = JsonMapper.builder(factory())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Makes something of a document. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws IOException;
    }

    private Documents() {}

    private static JsonFactory factory() {
        // A million sets of our own make the table of names overflow; that is no attack.
        return new JsonFactoryBuilder()
                .streamReadConstraints(ANY_STRING)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .build();
    }

    /** A document of ours: each field once, nothing behind it. */
    static JsonNode strict(byte[] bytes, String source) throws IOException {
        return read(source, () -> STRICT.readTree(bytes));
    }

    /** A document that other software may have written. */
    static JsonNode lenient(byte[] bytes, String source) throws IOException {
        return read(source, () -> LENIENT.readTree(bytes));
    }

    /**
     * Reads.
     *
     * @param source what to call the document in messages
     * @throws CorruptBackupException whatever {@code reading} throws
     * @throws TooLargeException if it takes more memory than there is
     */
    public static <T> T read(String source, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (CorruptBackupException | TooLargeException e) {
            throw e;
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
            throw new CorruptBackupException(source + " is not JSON: " + e.getOriginalMessage() + where, e);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new CorruptBackupException(
                    source + " is damaged or makes no sense: " + (e.getMessage() == null ? e : e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            throw new TooLargeException(source + " does not fit into the heap of this JVM; give it a larger -Xmx", e);
        }
    }
}
