package io.kvbackup.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvbackup.database.EntryVisitor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Records of software packages: the sample that comes with the examples (every seventh package of a Linux
 * distribution), or a file of the same form, one JSON object {@code {"key": …, "value": …}} a line, gzipped or not.
 */
final class PackageRecords {
    private static final String SAMPLE = "packages-sample.jsonl.gz";
    private static final JsonMapper JSON = new JsonMapper();

    private final Optional<Path> file;

    PackageRecords(Optional<Path> file) {
        this.file = file;
    }

    /** What to call the records in the report. */
    String source() {
        return file.map(Path::toString).orElse("the sample that comes with the examples");
    }

    /** Pushes each record: the key as text, the value as JSON, both in UTF-8. */
    void forEach(EntryVisitor to) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                JsonNode record = JSON.readTree(line);
                if (!record.path("key").isTextual() || !record.has("value")) {
                    throw new IOException(
                            source() + ", line " + number + ": not an object with a text 'key' and a 'value'");
                }
                to.visit(
                        record.get("key").textValue().getBytes(StandardCharsets.UTF_8),
                        JSON.writeValueAsBytes(record.get("value")));
            }
        }
    }

    private InputStream open() throws IOException {
        if (file.isPresent()) {
            InputStream raw = Files.newInputStream(file.get());
            return file.get().toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
        }
        InputStream sample = PackageRecords.class.getResourceAsStream(SAMPLE);
        if (sample == null) {
            throw new NoSuchFileException(SAMPLE, null, "the sample is missing from the class path");
        }
        return new GZIPInputStream(sample, 1 << 16);
    }
}
