package io.kvbackup.database.contract;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Names that meet if somebody puts them together, or tells them apart, carelessly: separators and escapes of all kinds,
 * names that begin or end with others, that differ in case only, that are very long, or that no character set can
 * write.
 */
public final class AdversarialNames {
    private static final List<String> PARTS = List.of(
            "a",
            "b",
            "A",
            "1",
            "db",
            ":",
            "-",
            ".",
            "_",
            "~",
            "%",
            "/",
            "+",
            " ",
            ",",
            "=",
            "~3a~",
            "~2d~",
            "%3A",
            "%253A",
            "--",
            "~~~",
            ".kvbackup",
            ".kvbackup-",
            "kvbackup.staged:",
            ".tag.",
            ".pinned",
            ".manifest.json",
            ".json",
            "schedule-",
            "full",
            "\u00e4",
            "a\u0308",
            "\u0130",
            "\u212a",
            "k",
            "\ud83d\ude00",
            "\ud83d",
            "?",
            "\ufffd");

    private AdversarialNames() {}

    /** Different names, none empty; of one seed always the same. */
    public static List<String> of(long seed, int count) {
        Random random = new Random(seed);
        Set<String> names = new LinkedHashSet<>(List.of("a", "a:b", "a:b:c", "a-b", "a.b", "A", "web", "web-admin"));
        String longOne = "x".repeat(300);
        names.addAll(List.of(longOne, longOne + "y", "6a992d5529f459a4-4fee0c733f0be8a1"));
        while (names.size() < count) {
            StringBuilder name = new StringBuilder();
            for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
                name.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            names.add(name.toString());
        }
        return List.copyOf(names).subList(0, count);
    }

    /** Lists of as many parts: those above, and such that read the same when their parts are simply joined. */
    public static List<List<String>> lists(long seed, int count, int parts) {
        Random random = new Random(seed);
        List<String> names = of(seed, count);
        Set<List<String>> lists = new LinkedHashSet<>();
        while (lists.size() < count) {
            List<String> list = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                list.add(names.get(random.nextInt(names.size())));
            }
            lists.add(List.copyOf(list));
            String separator = List.of(":", "-", ".kvbackup-", ".", "~").get(random.nextInt(5));
            for (int i = 0; i + 1 < parts; i++) {
                List<String> shifted = new ArrayList<>(list);
                shifted.set(i, list.get(i) + separator + names.get(0));
                shifted.set(i + 1, names.get(0) + separator + list.get(i + 1));
                lists.add(List.copyOf(shifted));
                shifted.set(i, list.get(i));
                shifted.set(i + 1, names.get(0) + separator + names.get(0) + separator + list.get(i + 1));
                lists.add(List.copyOf(shifted));
            }
        }
        return List.copyOf(lists);
    }
}
