package io.kvbackup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeDocumentJsonTest {
    private static final Ref ROOT = new Ref(
            2,
            "zoo".getBytes(UTF_8),
            Digest.parse("0123456789abcdef".repeat(4)),
            10,
            1_000,
            Place.of(new PackId(0x19AABBCCDDL, -2), 4_000_000_000L, 1_234, 55, 900));
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

    private static TreeDocument.Tree tree(String name) {
        DatabaseBackup header = DatabaseBackup.of(
                name,
                List.of(
                        new SetBackup("items", Encoding.TEXT, Encoding.JSON),
                        new SetBackup("empty", Encoding.BINARY, Encoding.BINARY)),
                List.of(new IndexBackup("by-price", "items", "price", 1, List.of("price", "name"))),
                new AuthBackup("admin", "secret", true));
        return new TreeDocument.Tree(header, Map.of("items", ROOT));
    }

    static TreeDocument one() {
        return new TreeDocument(3072, Map.of(), List.of(tree("orders")), Optional.empty());
    }

    static TreeDocument several() {
        return new TreeDocument(
                8192,
                Map.of("k1", DataKey.of(SECRET)),
                List.of(tree("orders"), tree("people")),
                Optional.of(new BackupMetadata(Instant.parse("2026-11-20T12:00:00.123Z"), "1.0.0", 2, 4, 20)));
    }

    /** Whose stamps were believed. */
    static TreeDocument hinted() {
        TreeDocument.Tree tree =
                new TreeDocument.Tree(tree("orders").header(), Map.of("items", ROOT), Map.of("items", ROOT));
        return new TreeDocument(
                3072,
                Map.of(),
                List.of(tree),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-19T12:00:00.123Z")));
    }

    private static final String DATABASE = "\"name\":\"orders\",\"sets\":{"
            + "\"items\":{\"name\":\"items\",\"encoding\":{\"keys\":\"TEXT\",\"values\":\"JSON\"},\"root\":{"
            + "\"digest\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"level\":2,"
            + "\"entries\":10,\"bytes\":1000,\"lastKey\":\"em9v\",\"pack\":\"00000019aabbccddfffffffffffffffe\","
            + "\"frame\":4000000000,\"frameLength\":1234,\"offset\":55,\"length\":900}},"
            + "\"empty\":{\"name\":\"empty\",\"encoding\":{\"keys\":\"BINARY\",\"values\":\"BINARY\"}}},"
            + "\"indexes\":{\"by-price\":{\"name\":\"by-price\",\"set_name\":\"items\",\"field\":\"price\",\"type\":1,"
            + "\"sort_fields\":[\"price\",\"name\"]}},"
            + "\"auth\":{\"Username\":\"admin\",\"Password\":\"secret\",\"Enabled\":true}}";

    private static String text(TreeDocument document) throws IOException {
        return new String(TreeDocumentJson.encode(document, "backups/orders/x.tree.zst"), UTF_8);
    }

    @Test
    void goldenTextOfOneDatabase() throws Exception {
        assertThat(text(one())).isEqualTo("{\"tree\":{\"version\":1,\"chunk\":3072}," + DATABASE);
    }

    @Test
    void goldenTextOfSeveralDatabases() throws Exception {
        assertThat(text(several()))
                .isEqualTo("{\"tree\":{\"version\":1,\"chunk\":8192,\"packKeys\":[{\"id\":\"k1\",\"key\":"
                        + "\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"}]},\"databases\":{\"orders\":{" + DATABASE
                        + ",\"people\":{" + DATABASE.replace("\"name\":\"orders\"", "\"name\":\"people\"")
                        + "},\"metadata\":{\"timestamp\":\"2026-11-20T12:00:00.123Z\",\"version\":\"1.0.0\","
                        + "\"database_count\":2,\"set_count\":4,\"entry_count\":20}}");
    }

    @Test
    void runsAndTheLastScanComeBack() throws Exception {
        String text = text(hinted());
        assertThat(text)
                .startsWith("{\"tree\":{\"version\":1,\"chunk\":3072,\"scanned\":\"2026-11-19T12:00:00.123Z\"}")
                .contains("\"length\":900},\"runs\":{\"digest\":\"0123");
        TreeDocument decoded = TreeDocumentJson.decode(text.getBytes(UTF_8), "test");
        assertThat(text(decoded)).isEqualTo(text);
        assertThat(decoded.scanned()).isEqualTo(hinted().scanned());
        assertThat(decoded.databases().get(0).runs()).containsOnlyKeys("items");
        assertThat(decoded.databases().get(0).contents().entryCounts()).isEqualTo(Map.of("items", 10L, "empty", 0L));
        assertThatThrownBy(() -> TreeDocumentJson.decode(
                        text.replace("2026-11-19T12", "yesterday").getBytes(UTF_8), "test"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("scanned");
    }

    @Test
    void comesBack() throws Exception {
        for (TreeDocument document : List.of(one(), several())) {
            byte[] bytes = TreeDocumentJson.encode(document, "test");
            TreeDocument decoded = TreeDocumentJson.decode(bytes, "test");
            assertThat(TreeDocumentJson.encode(decoded, "test")).isEqualTo(bytes);
            assertThat(decoded.shape()).isEqualTo(document.shape());
            assertThat(decoded.chunkSize()).isEqualTo(document.chunkSize());
            Ref root = decoded.databases().get(0).root("items").orElseThrow();
            assertThat(root.lastKey()).isEqualTo(ROOT.lastKey());
            assertThat(root.place()).isEqualTo(ROOT.place());
            assertThat(decoded.databases().get(0).root("empty")).isEmpty();
            assertThat(decoded.databases().get(0).contents().entryCounts())
                    .isEqualTo(Map.of("items", 10L, "empty", 0L));
        }
        DataKey key = TreeDocumentJson.decode(TreeDocumentJson.encode(several(), "test"), "test")
                .packKeys()
                .get("k1");
        assertThat(key.copy()).isEqualTo(SECRET);
        assertThat(several().toString()).doesNotContain("0123456789abcdef0123456789abcdef\"", "MDEy");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"version\":1 | \"version\":2 | version 2",
                "\"tree\": | \"tre\": | 'tree' is missing",
                "\"chunk\":3072 | \"chunk\":1000 | 1000",
                "\"level\":2 | \"level\":-1 | level -1",
                "\"level\":2 | \"level\":61 | level 61",
                "\"level\":2 | \"level\":0 | chunk",
                "\"entries\":10 | \"entries\":0 | entries",
                "\"entries\":10 | \"entries\":501 | entries",
                "\"bytes\":1000 | \"bytes\":-1 | bytes",
                "\"lastKey\":\"em9v\", | `` | lastKey",
                "\"digest\":\"01 | \"digest\":\"0A | SHA-256",
                "\"digest\":\"01 | \"digest\":\" | SHA-256",
                "\"pack\":\"00 | \"pack\":\" | pack id",
                "\"pack\":\"00 | \"pack\":\"+0 | pack id",
                "\"frame\":4000000000 | \"frame\":9223372036854775807 | place",
                "\"frameLength\":1234 | \"frameLength\":0 | place",
                "\"offset\":55 | \"offset\":2147483647 | place",
                "\"length\":900 | \"length\":0 | place",
                "\"name\":\"items\" | \"name\":\"other\" | calls itself",
                "\"encoding\":{\"keys\":\"TEXT\",\"values\":\"JSON\"}, | `` | encoding",
                "\"keys\":\"TEXT\" | \"keys\":\"JSON\" | JSON",
                "\"indexes\": | \"indices\": | 'indexes' is missing"
            })
    void refusesWhatMakesNoSense(String good, String bad, String complaint) throws Exception {
        String text = text(one()).replace(good, bad);
        assertThat(text).isNotEqualTo(text(one()));
        assertThatThrownBy(() -> TreeDocumentJson.decode(text.getBytes(UTF_8), "the document"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("the document")
                .hasMessageContaining(complaint);
    }

    @Test
    void refusesCountsThatDisagree() throws Exception {
        String text = text(several()).replace("\"entry_count\":20", "\"entry_count\":21");
        assertThatThrownBy(() -> TreeDocumentJson.decode(text.getBytes(UTF_8), "test"))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("there are 2 databases, 4 sets and 20 entries");
    }

    @Test
    void refusesEveryCut() throws Exception {
        byte[] good = TreeDocumentJson.encode(one(), "test");
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> TreeDocumentJson.decode(bad, "test")).isInstanceOf(CorruptBackupException.class);
        }
    }

    @Test
    void isNotWrittenLongerThanItIsRead() {
        List<SetBackup> sets = IntStream.range(0, 10)
                .mapToObj(i -> new SetBackup(i + "x".repeat(4 << 20), Encoding.TEXT, Encoding.TEXT))
                .toList();
        TreeDocument large = new TreeDocument(
                3072,
                Map.of(),
                List.of(new TreeDocument.Tree(DatabaseBackup.of("db", sets, List.of(), null), Map.of())),
                Optional.empty());
        assertThatThrownBy(() -> TreeDocumentJson.encode(large, "backups/db/x.tree.zst"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("backups/db/x.tree.zst")
                .hasMessageContaining("fewer sets");
    }

    @Test
    void refusesRootsWithoutSetsAndSeveralDatabasesWithoutSummary() {
        DatabaseBackup header = DatabaseBackup.of("db");
        assertThatThrownBy(() -> new TreeDocument.Tree(header, Map.ofEntries(new AbstractMap.SimpleEntry<>("x", ROOT))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TreeDocument(3072, Map.of(), List.of(tree("a"), tree("b")), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
