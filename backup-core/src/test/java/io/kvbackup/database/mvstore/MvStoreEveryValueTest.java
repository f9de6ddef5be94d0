package io.kvbackup.database.mvstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.AnyBytes;
import io.kvbackup.database.contract.EveryValueContract;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Everything that MVStore's own data types can hold. */
class MvStoreEveryValueTest implements EveryValueContract {
    /** Something that MVStore serialises. */
    record Item(String name, int count) implements Serializable {}

    private final MVStore store = MVStore.open(null);
    private final MVMap.Builder<Object, Object> objects = new MVMap.Builder<>();
    private final MVMap.Builder<String, String> texts =
            new MVMap.Builder<String, String>().keyType(StringDataType.INSTANCE).valueType(StringDataType.INSTANCE);
    private final MVMap.Builder<Long, byte[]> numbers =
            new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE).valueType(ByteArrayDataType.INSTANCE);
    private Database database;

    @BeforeEach
    void build() throws IOException {
        database = MvStoreDatabase.builder("d", store)
                .set("objects", objects)
                .set("texts", texts)
                .set("numbers", numbers)
                .build();
    }

    @AfterEach
    void close() {
        store.closeImmediately();
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void writeAnything(Random random) {
        AnyBytes bytes = new AnyBytes(random);
        boolean anyText = random.nextInt(3) == 0;
        fill(store.openMap("objects", objects), random, r -> object(r, bytes), r -> object(r, bytes));
        fill(store.openMap("texts", texts), random, r -> text(r, bytes, anyText), r -> text(r, bytes, anyText));
        fill(store.openMap("numbers", numbers), random, MvStoreEveryValueTest::number, r -> bytes.next(AnyBytes.LONG));
    }

    private static <K, V> void fill(
            MVMap<K, V> map, Random random, Function<Random, K> keys, Function<Random, V> values) {
        map.clear();
        for (int i = random.nextInt(40); i > 0; i--) {
            map.put(keys.apply(random), values.apply(random));
        }
    }

    /** In MVStore, but not in UTF-8: halves of surrogate pairs. */
    private static String text(Random random, AnyBytes bytes, boolean any) {
        String text = new String(bytes.next(AnyBytes.LONG), UTF_8);
        return any && random.nextInt(20) == 0 ? text + (char) (0xD800 + random.nextInt(0x800)) : text;
    }

    private static long number(Random random) {
        long[] ends = {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1, Integer.MIN_VALUE};
        return random.nextBoolean() ? ends[random.nextInt(ends.length)] : random.nextLong() >> random.nextInt(64);
    }

    @SuppressWarnings("JavaUtilDate") // hosts have them
    private static Object object(Random random, AnyBytes bytes) {
        return switch (random.nextInt(18)) {
            case 0 -> random.nextBoolean();
            case 1 -> (byte) number(random);
            case 2 -> (short) number(random);
            case 3 -> (char) number(random);
            case 4 -> (int) number(random);
            case 5 -> number(random);
            case 6 -> BigInteger.valueOf(number(random)).pow(random.nextInt(4));
            case 7 -> new BigDecimal(BigInteger.valueOf(number(random)), random.nextInt(-40, 40));
            case 8 -> Float.intBitsToFloat(random.nextBoolean() ? random.nextInt() : 0x80000000);
            case 9 -> Double.longBitsToDouble(random.nextBoolean() ? random.nextLong() : Long.MIN_VALUE);
            case 10 -> text(random, bytes, true);
            case 11 -> new UUID(number(random), number(random));
            case 12 -> new Date(number(random));
            case 13 -> new int[] {(int) number(random), 1};
            case 14 -> new long[] {number(random)};
            case 15 -> new Object[] {"x", number(random)};
            case 16 -> new Timestamp(number(random) >> 20);
            default -> random.nextBoolean() ? bytes.next(2_000) : new Item("i", random.nextInt(9));
        };
    }

    @Override
    public Object liveState() {
        TreeMap<String, List<String>> state = new TreeMap<>();
        for (String name : List.of("objects", "texts", "numbers")) {
            List<String> entries = new ArrayList<>();
            MVMap<?, ?> map = name.equals("objects")
                    ? store.openMap(name, objects)
                    : name.equals("texts") ? store.openMap(name, texts) : store.openMap(name, numbers);
            map.forEach((key, value) -> entries.add(describe(key) + "=" + describe(value)));
            state.put(name, entries);
        }
        return state;
    }

    @SuppressWarnings("JavaUtilDate")
    private static String describe(Object value) {
        if (value instanceof String text) {
            return "text " + text.chars().boxed().toList();
        }
        if (value instanceof Float number) {
            return "float " + Float.floatToRawIntBits(number);
        }
        if (value instanceof Double number) {
            return "double " + Double.doubleToRawLongBits(number);
        }
        if (value instanceof Timestamp time) {
            return "time " + time.getTime() + "." + time.getNanos();
        }
        return value.getClass() + " " + Arrays.deepToString(new Object[] {value});
    }
}
