package io.kvbackup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An array holds two gibibytes at most, and a value grows when it is escaped or becomes base64: here with shorter
 * arrays.
 */
class JsonPieceLimitTest {
    private static final int ARRAY = 200_000;
    private static final int LONGEST = ARRAY - Limits.JSON_WINDOW_BYTES;
    private static final JsonArchiveFormat FORMAT = new JsonArchiveFormat(ARRAY);

    private static byte[] write(Encoding encoding, byte[] value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveWriter writer = FORMAT.writer(out, ArchiveShape.DATABASE);
        SetBackup set = new SetBackup("s", Encoding.TEXT, encoding);
        writer.beginDatabase("db");
        EntryVisitor entries = writer.beginSet(set);
        entries.visit("k".getBytes(UTF_8), value);
        writer.endSet();
        writer.endDatabase(DatabaseBackup.of("db", set));
        writer.finish();
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"BINARY,x,3,4", "TEXT,x,1,1", "TEXT,'\"',1,2", "TEXT,'\1',1,6", "TEXT,ü,1,1", "JSON,1,1,1"})
    void theLongestIsReadAndOneMoreIsRefused(Encoding encoding, String part, int plain, int written)
            throws IOException {
        byte[] unit = part.getBytes(UTF_8);
        int longest = LONGEST / written * plain / unit.length * unit.length;
        byte[] value = new byte[longest];
        for (int i = 0; i < longest; i++) {
            value[i] = unit[i % unit.length];
        }
        ArchiveCollector read = new ArchiveCollector();
        FORMAT.read(new ByteArrayInputStream(write(encoding, value)), Fidelity.VERBATIM, read);
        byte[] found = read.database("db").sets().get("s").data().firstEntry().getValue();
        assertThat(Arrays.equals(found, value)).isTrue();

        byte[] longer = Arrays.copyOf(value, longest + 4 * unit.length);
        System.arraycopy(value, 0, longer, longest, 4 * unit.length);
        assertThatThrownBy(() -> write(encoding, longer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key 'k': the value has " + longer.length)
                .hasMessageContaining("use format cbor");
    }

    @ParameterizedTest
    @CsvSource({"150000", "199000", "250000"})
    void whatOtherSoftwareWroteIsReadOrRefused(int length) throws IOException {
        String archive = "{\"name\":\"db\",\"sets\":{\"s\":{\"data\":{\"k\":\"" + "x".repeat(length) + "\"}}}}";
        ByteArrayInputStream in = new ByteArrayInputStream(archive.getBytes(UTF_8));
        if (length < ARRAY - 100) {
            FORMAT.read(in, Fidelity.VERBATIM, new ArchiveCollector());
        } else {
            assertThatThrownBy(() -> FORMAT.read(in, Fidelity.VERBATIM, new ArchiveCollector()))
                    .isInstanceOf(TooLargeException.class)
                    .hasMessageContaining("no array can hold");
        }
    }
}
