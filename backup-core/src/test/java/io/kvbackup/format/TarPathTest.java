package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TarPathTest {
    private static void comesBack(String name, String set, String key) throws IOException {
        TreeMap<byte[], byte[]> data = new TreeMap<>(Arrays::compareUnsigned);
        data.put(key.getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
        DatabaseBackup database = DatabaseBackup.of(name, new SetBackup(set, Encoding.TEXT, Encoding.BINARY, data));
        byte[] archive;
        try {
            archive = Archives.write("tar", database);
        } catch (IOException | RuntimeException e) {
            throw new AssertionError("lengths " + name.length() + ", " + set.length() + ", " + key.length(), e);
        }
        assertThat(Archives.read("tar", archive).database(name))
                .describedAs("lengths %d, %d, %d", name.length(), set.length(), key.length())
                .isEqualTo(database);
    }

    @Test
    void databaseNameMayHaveAnyLength() throws IOException {
        for (int length = 1; length <= 300; length++) {
            comesBack("d".repeat(length), "s", "key");
        }
    }

    @Test
    void setNameMayHaveAnyLength() throws IOException {
        for (int length = 1; length <= 300; length++) {
            comesBack("d", "s".repeat(length), "key");
        }
    }

    @Test
    void keyMayHaveAnyLength() throws IOException {
        for (int length = 1; length <= 300; length++) {
            comesBack("d", "s", "k".repeat(length));
        }
    }
}
