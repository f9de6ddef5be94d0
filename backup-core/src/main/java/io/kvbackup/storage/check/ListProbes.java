package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Listings: order and completeness. */
final class ListProbes {
    /** Neighbours of a folder sort around its children: {@code !} and {@code -} before the slash, {@code 0} after. */
    private static final List<String> KEYS = List.of(
            "order/A",
            "order/a!",
            "order/a-b",
            "order/a/b-c",
            "order/a/b/c",
            "order/a/b0",
            "order/a0",
            "order/b/2026-11-20T12:00:00.000Z.cbor.zst",
            "order/b/2026-11-20T12:00:00.000Z.cbor.zst.manifest.json",
            "order/b/2026-11-20T12:00:00.001Z.cbor.zst");

    /** More than one page of any store. */
    private static final int MANY = 1_050;

    private static final int WRITERS = 16;

    private ListProbes() {}

    static String order(CheckContext context) throws IOException, CheckFailure {
        for (int i = 0; i < KEYS.size(); i++) {
            // In an order that is neither theirs nor the opposite.
            context.put(KEYS.get(i * 7 % KEYS.size()), new byte[] {1});
        }
        requireListed(context, "order/", "", KEYS);
        requireListed(context, "order/a", "", KEYS.subList(1, 7));
        requireListed(context, "order/a/", "", KEYS.subList(3, 6));
        requireListed(context, "order/", "order/a/b0", KEYS.subList(6, KEYS.size()));
        requireListed(context, "order/b/2026-11-20T12:00:00.000Z", KEYS.get(7), KEYS.subList(8, 9));
        requireListed(context, "order/none", "", List.of());
        return "6 listings of " + KEYS.size() + " objects";
    }

    private static void requireListed(CheckContext context, String prefix, String after, List<String> expected)
            throws IOException, CheckFailure {
        List<String> listed = context.keys(prefix, after);
        require(
                listed.equals(expected),
                "the listing of '" + prefix + "'" + (after.isEmpty() ? "" : " after '" + after + "'") + " is " + listed
                        + " instead of " + expected);
    }

    static String pages(CheckContext context) throws IOException, InterruptedException, CheckFailure {
        List<String> keys = IntStream.range(0, MANY)
                .mapToObj(i -> String.format("pages/%05d", i))
                .toList();
        AtomicInteger next = new AtomicInteger();
        ConcurrentRuns.run(context.threads(), WRITERS, writer -> {
            for (int i = next.getAndIncrement(); i < MANY; i = next.getAndIncrement()) {
                context.put(keys.get(i), new byte[] {1});
            }
        });
        requireAll(context, "", keys);
        requireAll(context, keys.get(999), keys.subList(1_000, MANY));
        return MANY + " objects, each once, in order";
    }

    private static void requireAll(CheckContext context, String after, List<String> expected)
            throws IOException, CheckFailure {
        List<String> listed = context.keys("pages/", after);
        require(
                listed.size() == expected.size() && new HashSet<>(listed).equals(new HashSet<>(expected)),
                "of " + expected.size() + " objects, " + new HashSet<>(listed).size() + " were listed"
                        + (listed.size() > expected.size() ? ", some of them twice" : ""));
        require(listed.equals(expected), "of " + expected.size() + " objects, all were listed, but not in order");
    }
}
