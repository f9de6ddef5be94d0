package io.kvbackup.repository;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Strings that are often the same, by number. */
public final class PackedWords {
    private final List<String> all = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    public int number(String word) {
        return numbers.computeIfAbsent(word, added -> {
            all.add(added);
            return all.size() - 1;
        });
    }

    public String word(int number) {
        return all.get(number);
    }
}
