package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.file.FileNames.Escaping;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    private static final String FOLDED = "aAtTzZfF%4.0: -";

    private final FileNames posix = new FileNames(Escaping.PLAIN, false);
    private final FileNames windows = new FileNames(Escaping.RESERVED, false);
    private final FileNames strict = new FileNames(Escaping.STRICT, false);
    private final FileNames folding = new FileNames(Escaping.RESERVED, true);

    @Test
    void ordinaryNamesStayAsTheyAre() {
        for (String name : List.of("2026-11-20T12:00:00.000Z.cbor.zst", "a b", "back\\slash", ".hidden", "NUL", "a.")) {
            assertThat(posix.encode(name)).containsExactly(name);
        }
    }

    @Test
    void windowsGetsNoReservedNames() {
        assertThat(windows.encode("2026-11-20T12:00")).containsExactly("2026-11-20T12%3A00");
        assertThat(windows.encode("back\\slash")).containsExactly("back%5Cslash");
        assertThat(windows.encode("nul")).containsExactly("%6Eul");
        assertThat(windows.encode("Com1.txt")).containsExactly("%43om1.txt");
        assertThat(windows.encode("a.")).containsExactly("a%2E");
        assertThat(windows.encode("a ")).containsExactly("a%20");
        assertThat(windows.encode("comic")).containsExactly("comic");
    }

    @Test
    void ourOwnFolderCannotBeHit() {
        assertThat(posix.encode(".kvbackup")).containsExactly("%2Ekvbackup");
        assertThat(posix.encode(".KVBackup")).containsExactly("%2EKVBackup");
        assertThat(posix.encode(".kvbackups")).containsExactly(".kvbackups");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"100%", "%", "%4", "%zz", "%30", "%2f", "%2F", "ü", "%FF", "%C3", ".kvbackup", "a%dir", "%+1"})
    void namesThatNoSegmentLeadsToAreNotOurs(String name) {
        assertThat(FileNames.decode(List.of(name))).isNull();
    }

    @Test
    void everySegmentComesBackFromNamesOfLegalLength() {
        long seed = 11;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String segment = randomSegment(random);
            for (List<String> encoded : FileNames.spellings(segment)) {
                assertThat(FileNames.decode(encoded))
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(segment);
                assertThat(encoded)
                        .as("seed %d, round %d: with room for a mark", seed, i)
                        .allMatch(name -> name.length() <= 250 && !name.isEmpty());
            }
        }
    }

    @Test
    void onlyWhatIsAlwaysTakenIsLeftInTheStrictestNames() {
        assertThat(strict.encode("a+b~c d,e_f-g.h.")).containsExactly("a%2Bb%7Ec%20d%2Ce_f-g.h%2E");
    }

    @Test
    void namesOfBackupsStayReadableWhereCapitalAndSmallLettersAreOne() {
        assertThat(folding.encode("2026-11-20T12:00:00.000Z.cbor.zst"))
                .containsExactly("2026-11-20T12%3A00%3A00.000Z.cbor.zst");
        assertThat(folding.encode("2026-11-20t12")).containsExactly("2026-11-20%7412");
        assertThat(folding.encode("Orders")).containsExactly("%4Frders");
    }

    /**
     * The names of two segments differ in more than case, whatever is escaped; so none is found in place of another.
     */
    @Test
    void namesForMountsThatFoldCaseAreDifferentIfCaseIsIgnored() {
        Random random = new Random(17);
        for (Escaping escaping : Escaping.values()) {
            FileNames names = new FileNames(escaping, true);
            Map<String, String> taken = new HashMap<>();
            for (int i = 0; i < 20_000; i++) {
                String segment = random.ints(1 + random.nextInt(5), 0, FOLDED.length())
                        .mapToObj(index -> FOLDED.substring(index, index + 1))
                        .collect(Collectors.joining());
                String name = String.join("/", names.encode(segment)).toLowerCase(Locale.ROOT);
                assertThat(taken.putIfAbsent(name, segment)).isIn(null, segment);
            }
        }
    }

    private static String randomSegment(Random random) {
        int[] alphabet = {'a', 'Z', '%', '.', ' ', ':', 1, 0x7F, 0xE9, 0x65E5, 0x1F600, '4', '1'};
        return random.ints(1 + random.nextInt(random.nextInt(10) == 0 ? 225 : 12), 0, alphabet.length)
                .map(index -> alphabet[index])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
