package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.contract.AnyBytes;
import io.kvbackup.database.contract.EveryValueContract;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Everything that a host can hold in maps, with the codecs that there are. */
class MapEveryValueTest implements EveryValueContract {
    @SuppressWarnings("ArrayRecordComponent") // described field by field
    record Item(
            String text,
            long number,
            BigDecimal decimal,
            BigInteger large,
            Map<String, List<Double>> nested,
            byte[] bytes) {}

    private final Map<String, String> texts = new HashMap<>();
    private final Map<Integer, Item> items = new TreeMap<>();
    private final Map<byte[], byte[]> bytes = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<byte[], byte[]> own = new ContentMap();
    private final Database database = MapDatabase.builder("d")
            .set("texts", texts, Codec.utf8(), Codec.utf8())
            .set(
                    "items",
                    items,
                    Codec.of(
                            i -> ByteBuffer.allocate(4).putInt(i).array(),
                            b -> ByteBuffer.wrap(b).getInt()),
                    Codec.json(Item.class))
            .set("bytes", bytes, Codec.bytes(), Codec.bytes())
            .set("own", own, Codec.bytes(), Codec.bytes())
            .lock(new ReentrantLock())
            .build();

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void writeAnything(Random random) {
        AnyBytes any = new AnyBytes(random);
        List.of(texts, items, bytes, own).forEach(Map::clear);
        boolean anyText = random.nextInt(3) == 0;
        for (int i = random.nextInt(40); i > 0; i--) {
            texts.put(text(random, any, anyText), text(random, any, anyText));
            items.put(random.nextInt(), item(random, any));
            bytes.put(any.next(AnyBytes.LONG), any.next(AnyBytes.LONG));
            own.put(any.next(300), any.next(300));
        }
    }

    private static String text(Random random, AnyBytes any, boolean halves) {
        String text = new String(any.next(AnyBytes.LONG), UTF_8);
        return halves && random.nextInt(20) == 0 ? text + (char) (0xD800 + random.nextInt(0x800)) : text;
    }

    private static Item item(Random random, AnyBytes any) {
        double[] doubles = {0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 0.1, random.nextDouble(), 1e22};
        return new Item(
                random.nextBoolean() ? null : text(random, any, false),
                random.nextLong() >> random.nextInt(64),
                new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(-20, 60)),
                new BigInteger(random.nextInt(900), random),
                Map.of(text(random, any, false), List.of(doubles[random.nextInt(doubles.length)], -1.5)),
                any.next(100));
    }

    @Override
    public Object liveState() {
        Map<String, String> described = new TreeMap<>();
        items.forEach((key, item) -> described.put(
                key.toString(),
                item.text + item.number + " " + item.decimal + " " + item.decimal.scale() + item.large + item.nested
                        + Arrays.toString(item.bytes)));
        List<Object> state = new ArrayList<>();
        state.add(new HashMap<>(texts));
        state.add(described);
        state.add(AnyBytes.describe(bytes));
        state.add(AnyBytes.describe(own));
        return state;
    }
}
