package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    record Item(String label, long count, BigDecimal price, List<String> tags, Map<String, BigInteger> sizes) {}

    record Dated(Instant when) {}

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "ä\u0000\uFFFD", "\uD83D\uDE00 emoji", "\uFFFD alone"})
    void textComesBack(String text) throws IOException {
        byte[] bytes = Codec.utf8().encode(text);

        assertThat(bytes).isEqualTo(text.getBytes(UTF_8));
        assertThat(Codec.utf8().decode(bytes)).isEqualTo(text);
        assertThat(Codec.utf8().encoding()).isEqualTo(Encoding.TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE00b", "\uDE00\uD83D"})
    void halfSurrogatePairsAreRefused(String text) {
        assertThatThrownBy(() -> Codec.utf8().encode(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("surrogate");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        for (byte[] malformed : List.of(new byte[] {(byte) 0xC3}, new byte[] {'a', (byte) 0xFF}, new byte[] {
            (byte) 0xED, (byte) 0xA0, (byte) 0x80
        })) {
            assertThatThrownBy(() -> Codec.utf8().decode(malformed))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void bytesStayAsTheyAre() throws IOException {
        byte[] bytes = {0, -1, 127};

        assertThat(Codec.bytes().decode(Codec.bytes().encode(bytes))).isSameAs(bytes);
        assertThat(Codec.bytes().encoding()).isEqualTo(Encoding.BINARY);
    }

    @Test
    void recordsComeBackFromJson() throws IOException {
        Codec<Item> codec = Codec.json(Item.class);
        Item item = new Item(
                "ä \uD83D\uDE00",
                Long.MIN_VALUE,
                new BigDecimal("0.1234567890123456789012345678901234567890"),
                List.of("a", ""),
                Map.of("big", BigInteger.TWO.pow(4000)));

        assertThat(codec.decode(codec.encode(item))).isEqualTo(item);
        assertThat(codec.encoding()).isEqualTo(Encoding.JSON);
    }

    @Test
    void genericTypesComeBackFromJson() throws Exception {
        Type type = CodecTest.class.getDeclaredField("byName").getGenericType();
        Codec<Map<String, List<Item>>> codec = Codec.json(type);
        byName = Map.of("x", List.of(new Item("l", 1, BigDecimal.ONE, List.of(), Map.of())));

        assertThat(codec.decode(codec.encode(byName))).isEqualTo(byName);
    }

    private Map<String, List<Item>> byName;

    @Test
    void jsonOfOlderVersionsStaysReadable() throws IOException {
        assertThat(Codec.json(Item.class).decode("{\"label\":\"x\",\"gone\":[1,{}],\"count\":3}".getBytes(UTF_8)))
                .isEqualTo(new Item("x", 3, null, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{", "{} {}", "[]", "\"text\""})
    void whatIsNotOneJsonValueOfTheTypeIsRefused(String json) {
        assertThatThrownBy(() -> Codec.json(Item.class).decode(json.getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void longJsonTextComesBack() throws IOException {
        String text = "x".repeat(21_000_000);
        Codec<String> codec = Codec.json(String.class);

        assertThat(codec.decode(codec.encode(text)).equals(text)).isTrue();
    }

    @Test
    void javaTimeIsRefused() {
        assertThatThrownBy(() -> Codec.json(Dated.class).encode(new Dated(Instant.EPOCH)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("java.time");
    }

    @Test
    void functionsMakeACodec() throws IOException {
        Codec<Long> codec = Codec.of(
                number -> ByteBuffer.allocate(8).putLong(number).array(),
                bytes -> ByteBuffer.wrap(bytes).getLong());

        assertThat(codec.decode(codec.encode(-5L))).isEqualTo(-5L);
        assertThat(codec.encoding()).isEqualTo(Encoding.BINARY);
        assertThat(Codec.<String>of(Encoding.TEXT, String::getBytes, String::new)
                        .encoding())
                .isEqualTo(Encoding.TEXT);
    }

    @Test
    void jsonReadsNamesOfAnyLengthAndRefusesToRoundNumbers() throws Exception {
        Codec<java.util.Map<String, Integer>> counts = Codec.json(
                new com.fasterxml.jackson.core.type.TypeReference<java.util.Map<String, Integer>>() {}.getType());
        java.util.Map<String, Integer> longName = java.util.Map.of("n".repeat(60_000), 1);

        assertThat(counts.decode(counts.encode(longName))).isEqualTo(longName);
        assertThatThrownBy(() -> counts.decode("{\"n\":1.7}".getBytes(UTF_8))).isInstanceOf(IOException.class);
    }
}
