package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.ShortNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What JSON has taken in comes back the same, or is not taken in. */
class JsonFidelityTest {
    private static final Codec<JsonNode> NODES = Codec.json(JsonNode.class);
    private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;
    private static final int ROUNDS = 3_000;

    record Holder(String name, Object any, Number number, JsonNode node, List<Object> list, Map<String, Object> map) {}

    record Typed(
            BigDecimal decimal, float single, double twice, long number, BigInteger large, Map<Integer, Float> map) {}

    private static Codec<Map<String, Object>> maps() {
        Type type = new Object() {
            @SuppressWarnings("unused")
            Map<String, Object> field;
        }.getClass().getDeclaredFields()[0].getGenericType();
        return Codec.json(type);
    }

    private static BigDecimal decimal(String digits) {
        return new BigDecimal(digits);
    }

    static Stream<BigDecimal> decimals() {
        return Stream.of(
                        "0.1000000000000000055511151231257827",
                        "0.1",
                        "1.0",
                        "1.10",
                        "1.1",
                        "1",
                        "0",
                        "-0.0",
                        "0E+3",
                        "1E+400",
                        "-1E-400",
                        "1.0E10",
                        "1E+1",
                        "10",
                        "123456789012345678901234567890.5",
                        "9007199254740993",
                        "0.000000000000000000000000000000000000000000001",
                        "1E-2147483647",
                        "1E+2147483646")
                .map(BigDecimal::new);
    }

    @ParameterizedTest
    @MethodSource("decimals")
    void decimalsKeepEveryDigit(BigDecimal value) throws IOException {
        JsonNode node = FACTORY.objectNode().set("b", DecimalNode.valueOf(value));
        assertThat(back(NODES, node)).isEqualTo(node);
        assertThat(back(NODES, DecimalNode.valueOf(value)).decimalValue()).isEqualTo(value);
        Map<String, Object> map = Map.of("a", value, "list", List.of(value));
        assertThat(back(maps(), map)).isEqualTo(map);
        Codec<BigDecimal> declared = Codec.json(BigDecimal.class);
        assertThat(back(declared, value)).isEqualTo(value);
    }

    @ParameterizedTest
    @SuppressWarnings("FloatingPointLiteralPrecision") // as people write them
    @ValueSource(
            doubles = {0.1, 1, -0.0, 0, 1e300, 2e23, 1e-5, 4.9e-324, 1.7976931348623157e308, 123456789.125, 1e7, 1e-3})
    void doublesStayDoubles(double value) throws IOException {
        assertThat(back(NODES, DoubleNode.valueOf(value))).isEqualTo(DoubleNode.valueOf(value));
        assertThat(back(maps(), Map.of("a", value))).isEqualTo(Map.of("a", value));
    }

    @Test
    void declaredTypesLookAsBefore() throws IOException {
        Typed typed = new Typed(decimal("0.1"), 0.1f, -0.0, 5, BigInteger.TEN.pow(400), Map.of(3, 1.5f));
        Codec<Typed> codec = Codec.json(Typed.class);
        assertThat(back(codec, typed)).isEqualTo(typed);
        assertThat(new String(codec.encode(typed), UTF_8))
                .startsWith("{\"decimal\":0.1,\"single\":0.1,\"twice\":-0.0,\"number\":5,\"large\":1000");
    }

    @Test
    void whatIsInsideABeanIsLookedAtToo() throws IOException {
        Codec<Holder> codec = Codec.json(Holder.class);
        Holder holder = new Holder(
                "n",
                decimal("0.10"),
                decimal("0.1"),
                DecimalNode.valueOf(decimal("1.10")),
                List.of(0.5, decimal("0.5"), decimal("7")),
                Map.of("deep", Map.of("deeper", List.of(decimal("1E+400")))));
        assertThat(back(codec, holder)).isEqualTo(holder);
        for (Object lossy : lossy().toList()) {
            Holder bad = new Holder("n", List.of(lossy), 1, null, List.of(), Map.of());
            assertThatThrownBy(() -> codec.encode(bad))
                    .as(String.valueOf(lossy))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("would come back as");
        }
    }

    static Stream<Object> lossy() {
        return Stream.of(
                Double.NaN,
                Float.POSITIVE_INFINITY,
                new byte[] {1},
                TimeUnit.DAYS,
                new UUID(1, 2),
                Locale.FRANCE,
                'c',
                Set.of("a"),
                new Object[] {1},
                Map.of(1, "integer key"),
                TextNode.valueOf("a node among objects"),
                CharBuffer.wrap("text"),
                new Typed(null, 0, 0, 0, null, Map.of()));
    }

    @Test
    void whatWouldComeBackAsSomethingElseIsRefused() {
        for (Object value : lossy().toList()) {
            assertThatThrownBy(() -> maps().encode(Map.of("a", value)))
                    .as(value.toString())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("would come back as")
                    .hasMessageContaining("declare its type");
        }
    }

    static Stream<JsonNode> lossyNodes() {
        return Stream.of(
                new POJONode(Locale.FRANCE),
                new BinaryNode(new byte[] {1, 2}),
                MissingNode.getInstance(),
                DoubleNode.valueOf(Double.NaN),
                FloatNode.valueOf(Float.NEGATIVE_INFINITY));
    }

    @ParameterizedTest
    @MethodSource("lossyNodes")
    void nodesThatJsonDoesNotKnowAreRefused(JsonNode node) {
        for (JsonNode whole : List.of(
                node, FACTORY.arrayNode().add(node), FACTORY.objectNode().set("a", node))) {
            assertThatThrownBy(() -> NODES.encode(whole))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("come back");
        }
    }

    @Test
    void halfSurrogatesAreRefusedOrComeBack() throws IOException {
        for (String half : List.of("\ud800", "a\udc00b", "\ud83d\ud83d", "\udc00\ud800", "ab\ud83d", "\ud83dx")) {
            comesBackOrIsRefused(NODES, TextNode.valueOf(half));
            comesBackOrIsRefused(NODES, FACTORY.objectNode().put(half, 1));
            comesBackOrIsRefused(maps(), Map.of(half, half));
            comesBackOrIsRefused(Codec.json(String.class), half);
            comesBackOrIsRefused(Codec.json(String.class), "x".repeat(5_000) + half + "x".repeat(5_000));
        }
    }

    private static <T> void comesBackOrIsRefused(Codec<T> codec, T value) throws IOException {
        byte[] bytes;
        try {
            bytes = codec.encode(value);
        } catch (IOException refused) {
            return;
        }
        assertThat(codec.decode(bytes)).as(new String(bytes, UTF_8)).isEqualTo(value);
    }

    @Test
    void whatContainsItselfIsRefused() {
        Map<String, Object> itself = new LinkedHashMap<>();
        itself.put("me", itself);
        assertThatThrownBy(() -> maps().encode(itself)).isInstanceOf(IOException.class);
    }

    @Test
    void depthIsTheSameForWritingAndReading() throws IOException {
        int written = 0;
        for (int depth : new int[] {500, 999, 1000, 1001, 1002, 3000}) {
            JsonNode deep = IntNode.valueOf(1);
            for (int i = 0; i < depth; i++) {
                deep = FACTORY.arrayNode().add(deep);
            }
            JsonNode value = deep;
            byte[] bytes;
            try {
                bytes = NODES.encode(value);
            } catch (IOException refused) {
                continue;
            }
            assertThat(NODES.decode(bytes).equals(value)).isTrue();
            written++;
        }
        assertThat(written).isBetween(3, 5);
    }

    @Test
    void anyTreeComesBack() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode tree = tree(random, 4);
            assertThat(back(NODES, tree).equals(JsonFidelityTest::compareNodes, tree))
                    .as("seed %d, round %d: %s", seed, round, tree)
                    .isTrue();
            Object plain = plain(random, 4);
            Map<String, Object> map = new TreeMap<>();
            map.put("value", plain);
            Object read = back(maps(), map).get("value");
            assertThat(same(plain, read))
                    .as("seed %d, round %d: %s is %s", seed, round, plain, read)
                    .isTrue();
        }
    }

    private static <T> T back(Codec<T> codec, T value) throws IOException {
        return codec.decode(codec.encode(value));
    }

    /** Whole numbers may change their class, never their value; fractions change neither, but for {@code float}. */
    private static boolean same(Object wanted, Object found) {
        if (wanted instanceof Map<?, ?> map && found instanceof Map<?, ?> other) {
            return map.keySet().equals(other.keySet())
                    && map.keySet().stream().allMatch(key -> same(map.get(key), other.get(key)));
        } else if (wanted instanceof List<?> list && found instanceof List<?> other) {
            boolean equal = list.size() == other.size();
            for (int i = 0; equal && i < list.size(); i++) {
                equal = same(list.get(i), other.get(i));
            }
            return equal;
        } else if (wanted instanceof Float single) {
            return Double.valueOf(single).equals(found);
        } else if (wanted instanceof Double || wanted instanceof BigDecimal || !(wanted instanceof Number)) {
            return wanted == null ? found == null : wanted.equals(found);
        }
        return found instanceof Number && new BigInteger(wanted.toString()).equals(new BigInteger(found.toString()));
    }

    private static int compareNodes(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return same(a.numberValue(), b.numberValue()) || same(b.numberValue(), a.numberValue()) ? 0 : 1;
        }
        return a.equals(b) ? 0 : 1;
    }

    private static Number number(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> (short) random.nextInt();
            case 1 -> random.nextInt();
            case 2 -> random.nextLong();
            case 3 -> (long) random.nextInt(100);
            case 4 -> new BigInteger(random.nextInt(200) + 1, random).negate();
            case 5 -> finite(Double.longBitsToDouble(random.nextLong()));
            case 6 -> random.nextInt(1000) / 10.0;
            case 7 -> (float) finite(Float.intBitsToFloat(random.nextInt()));
            default -> new BigDecimal(new BigInteger(random.nextInt(120) + 1, random), random.nextInt(60) - 30);
        };
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0.25;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int c = random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1);
            text.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c);
        }
        return text.toString();
    }

    private static Object plain(Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> {
                return text(random);
            }
            case 1 -> {
                return random.nextBoolean();
            }
            case 2, 3 -> {
                return number(random);
            }
            case 4 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(random.nextInt(9) == 0 ? null : plain(random, depth - 1));
                }
                return list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), plain(random, depth - 1));
                }
                return map;
            }
        }
    }

    private static JsonNode tree(Random random, int depth) {
        return node(plain(random, depth));
    }

    private static JsonNode node(Object plain) {
        if (plain instanceof Map<?, ?> map) {
            ObjectNode object = FACTORY.objectNode();
            map.forEach((key, value) -> object.set((String) key, node(value)));
            return object;
        } else if (plain instanceof List<?> list) {
            ArrayNode array = FACTORY.arrayNode();
            list.forEach(value -> array.add(node(value)));
            return array;
        } else if (plain == null) {
            return FACTORY.nullNode();
        } else if (plain instanceof String text) {
            return FACTORY.textNode(text);
        } else if (plain instanceof Boolean flag) {
            return FACTORY.booleanNode(flag);
        } else if (plain instanceof Short number) {
            return ShortNode.valueOf(number);
        } else if (plain instanceof Integer number) {
            return IntNode.valueOf(number);
        } else if (plain instanceof Long number) {
            return LongNode.valueOf(number);
        } else if (plain instanceof BigInteger number) {
            return BigIntegerNode.valueOf(number);
        } else if (plain instanceof Float number) {
            return FloatNode.valueOf(number);
        } else if (plain instanceof Double number) {
            return DoubleNode.valueOf(number);
        }
        return DecimalNode.valueOf((BigDecimal) plain);
    }
}
