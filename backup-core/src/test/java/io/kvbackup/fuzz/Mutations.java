package io.kvbackup.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.pipeline.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ways to damage inputs. Each keeps most of a good one, so that what reads it gets far. */
public final class Mutations {
    private static final String[] VALUES = {
        "null",
        "0",
        "1",
        "-1",
        "true",
        "false",
        "\"\"",
        "[]",
        "{}",
        "[1]",
        "[null]",
        "[[]]",
        "{\"a\":{}}",
        "1.5",
        "-0.0",
        "1e400",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999999999",
        "\"x\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ufeff\"",
        "\"%\"",
        "\"%zz\"",
        "\"../../x\"",
        "\"TEXT\"",
        "\"JSON\"",
        "\"FULL\"",
        "\"DATABASE\"",
        "\"FINISHED\"",
        "\"RUNNING\"",
        "\"enc\"",
        "\"AAAA\"",
        "\"====\"",
        "\"2026-11-20T12:00:00Z\"",
        "\"+1000000000-12-31T23:59:59.999999999Z\"",
        "\"-1000000000-01-01T00:00:00Z\"",
        "\"+1000000001-01-01T00:00:00Z\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"2026-11-20T12:00:00+18:00\"",
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
    };
    private static final String[] WORDS = {
        "",
        " ",
        "  ",
        "\t",
        "\r",
        "\0",
        "0",
        "-1",
        "1",
        "7",
        "8",
        "777",
        "1e9",
        "99999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "2147483648",
        "%",
        "%2",
        "%zz",
        "%00",
        "%-1",
        "=",
        "==",
        "a=b",
        ":",
        "/",
        "//",
        "..",
        ".",
        ",",
        "?",
        "&",
        "#",
        "@",
        "é",
        "\uD83D\uDE00",
        "\uFEFF",
        "family",
        "end",
        "kvbackup",
        "null",
        "0x",
        "[",
        "]",
        "[::1]",
        "+1000000000-12-31T23:59:59Z",
        "2026-11-20T12:00:00Z",
        "size",
        "mode",
        "modified",
        "x".repeat(300)
    };
    private static final int DEEP = 1_500;
    private static final int LONG_NUMBER = 1_500;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Mutations() {}

    /** Flipped bits, cuts, and blocks that are lost, doubled or swapped. */
    public static Mutator bytes() {
        return Damage::apply;
    }

    /** Changes values, names and the order of a JSON document, sometimes its letters. */
    public static Mutator json() {
        return (good, random) -> {
            String text = random.nextInt(4) == 0 ? letters(new String(good, ISO_8859_1), random) : null;
            return text == null ? tree(good, JSON, random) : text.getBytes(ISO_8859_1);
        };
    }

    /** Changes values, names and the order of a document in any encoding of Jackson's. */
    public static Mutator tree(ObjectMapper mapper) {
        return (good, random) -> tree(good, mapper, random);
    }

    private static byte[] tree(byte[] good, ObjectMapper mapper, Random random) {
        try {
            JsonNode root = mapper.readTree(good);
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                List<ContainerNode<?>> containers = new ArrayList<>();
                collect(root, containers);
                change(containers.get(random.nextInt(containers.size())), random);
            }
            return mapper.writeValueAsBytes(root);
        } catch (IOException e) {
            // Not every encoding takes every value.
            return Damage.apply(good, random);
        }
    }

    private static void collect(JsonNode node, List<ContainerNode<?>> into) {
        if (node instanceof ContainerNode<?> container) {
            into.add(container);
            container.forEach(inside -> collect(inside, into));
        }
    }

    private static void change(ContainerNode<?> in, Random random) throws IOException {
        JsonNode value = JSON.readTree(VALUES[random.nextInt(VALUES.length)]);
        if (in instanceof ArrayNode array) {
            int at = random.nextInt(array.size() + 1);
            if (at < array.size() && random.nextBoolean()) {
                JsonNode old = array.remove(at);
                array.insert(random.nextInt(array.size() + 1), random.nextBoolean() ? old : value);
            } else {
                array.insert(
                        at, array.isEmpty() || random.nextBoolean() ? value : array.get(random.nextInt(array.size())));
            }
            return;
        }
        ObjectNode object = (ObjectNode) in;
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            object.set("more", value);
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(5)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(name + "x", object.remove(name));
            case 2 -> object.set(name, object.get(names.get(random.nextInt(names.size()))));
            default -> object.set(name, value);
        }
    }

    /** Damage that only text can have: fields twice, deep nesting, endless numbers. */
    private static String letters(String text, Random random) {
        int at = random.nextInt(text.length());
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, at) + "[".repeat(1 + random.nextInt(DEEP)) + text.substring(at);
            case 1 -> text.substring(0, at) + "9".repeat(1 + random.nextInt(LONG_NUMBER)) + text.substring(at);
            case 2 -> text.substring(0, at) + VALUES[random.nextInt(VALUES.length)] + text.substring(at);
            default -> {
                int comma = text.indexOf(',', at);
                int next = comma < 0 ? -1 : text.indexOf(',', comma + 1);
                yield next < 0 ? text.substring(0, at) : text.substring(0, next) + text.substring(comma);
            }
        };
    }

    /** Changes words of a line or URI. */
    public static Mutator words() {
        return (good, random) -> {
            String text = new String(good, java.nio.charset.StandardCharsets.UTF_8);
            List<String> words = new ArrayList<>(List.of(text.split("(?<=[ \n:=/,&?%.@#-])|(?=[ \n:=/,&?%.@#-])")));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                int at = random.nextInt(words.size());
                String word = WORDS[random.nextInt(WORDS.length)];
                switch (random.nextInt(5)) {
                    case 0 -> words.set(at, word);
                    case 1 -> words.add(at, word);
                    case 2 -> words.add(at, words.get(random.nextInt(words.size())));
                    case 3 -> words.set(at, words.get(random.nextInt(words.size())));
                    default -> {
                        if (words.size() > 1) {
                            words.remove(at);
                        }
                    }
                }
            }
            return String.join("", words).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        };
    }

    /** Overwrites a number of four or eight bytes with an extreme one. */
    public static Mutator numbers() {
        return (good, random) -> {
            byte[] bad = good.clone();
            int[] extremes = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7FFF0000, 1 << 20, random.nextInt()};
            int value = extremes[random.nextInt(extremes.length)];
            int at = random.nextInt(Math.max(1, bad.length - 3));
            for (int i = 0; i < 4 && at + i < bad.length; i++) {
                bad[at + i] = (byte) (value >> (24 - 8 * i));
            }
            return bad;
        };
    }
}
