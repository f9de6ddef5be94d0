package io.kvbackup.host;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what was meant by a name that nobody knows. */
public final class NearestName {
    /** Of so many letters of a name, one may be wrong. */
    private static final int LETTERS_FOR_ONE_MISTAKE = 3;

    private NearestName() {}

    /**
     * The known name with the fewest letters to change, if they are few; the first in the alphabet of several. Upper
     * and lower case count as the same.
     */
    public static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                        .thenComparing(candidate -> candidate))
                .filter(candidate ->
                        distance(name, candidate) <= Math.max(1, candidate.length() / LETTERS_FOR_ONE_MISTAKE));
    }

    /** {@link #to} as a remark: {@code " (did you mean 'orders'?)"}, or nothing. */
    public static String guess(String name, Collection<String> known) {
        return to(name, known)
                .map(nearest -> " (did you mean '" + nearest + "'?)")
                .orElse("");
    }

    /** Levenshtein distance, row by row. */
    private static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
