package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether white space belongs to an archive or to its values, when nothing but the archive can tell. */
class JsonLayoutTest {
    private static final String SPACED = " { \"a\" : 1 } ";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void archiveOfOursKeepsTheSpaceInItsValues() throws IOException {
        TreeMap<byte[], byte[]> data = new TreeMap<>(Arrays::compareUnsigned);
        for (String key : List.of("k", "l")) {
            data.put(bytes(key), bytes(SPACED));
        }
        DatabaseBackup database = DatabaseBackup.of(
                "d",
                new SetBackup("r", Encoding.TEXT, Encoding.JSON, data),
                new SetBackup("s", Encoding.TEXT, Encoding.JSON, data));

        for (byte[] archive :
                List.of(Archives.write("json", database), Archives.writeFull("json", List.of(database)))) {
            assertThat(Archives.read("json", archive, Fidelity.COMPACT).database("d"))
                    .isEqualTo(database);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n  \"name\":\"d\",\n  \"sets\":{\n    \"s\":{\n      \"data\":{\n        \"k\":%s\n      }\n    "
                        + "}\n  }\n}",
                "{\"name\": \"d\", \"sets\": {\"s\": {\"data\": {\"k\": %s}}}}",
                "{\"name\" : \"d\", \"sets\" : {\"s\" : {\"data\" : {\"k\" : %s}}}}",
                "{\"name\":\"d\", \"sets\":{\"s\":{\"data\":{\"k\":%s}}}}",
                "{\"name\":\"d\",\"sets\":{\"s\":{\"data\":\n{\"k\":%s}}}}",
                "\n{\"name\":\"d\",\"sets\":{\"s\":{\"data\":{\"k\":%s}}}}"
            })
    void archiveWithLayoutLosesIt(String archive) throws IOException {
        byte[] laidOut = bytes(String.format(archive, SPACED));

        DatabaseBackup read = Archives.read("json", laidOut, Fidelity.COMPACT).database("d");

        assertThat(read.sets().get("s").data().get(bytes("k"))).isEqualTo(bytes("{\"a\":1}"));
    }

    @Test
    void spaceInTheNamesOfThingsIsNoLayout() throws IOException {
        byte[] archive = bytes("{\"name\":\"d 1\",\"sets\":{\"s : 1\":{\"data\":{\"k\": 1}}}}");

        DatabaseBackup read = Archives.read("json", archive, Fidelity.COMPACT).database("d 1");

        assertThat(read.sets().get("s : 1").data().get(bytes("k"))).isEqualTo(bytes(" 1"));
    }

    @Test
    void verbatimKeepsSpaceWhateverTheArchiveLooksLike() throws IOException {
        byte[] archive = bytes("{\"name\": \"d\", \"sets\": {\"s\": {\"data\": {\"k\": [ 1 ]}}}}");

        DatabaseBackup read = Archives.read("json", archive, Fidelity.VERBATIM).database("d");

        assertThat(read.sets().get("s").data().get(bytes("k"))).isEqualTo(bytes(" [ 1 ]"));
    }
}
