package io.kvbackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.AdversarialNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntentFileTest {
    private static final Instant AT = Instant.parse("2026-11-28T12:00:00.123456Z");
    private static final long SEED = 5;

    @TempDir
    private Path folder;

    @Test
    void whateverTheNamesAreTheyComeBackAndEachIsMarkedAlone() throws IOException {
        List<IntentFile.Member> members = AdversarialNames.lists(SEED, 200, 2).stream()
                .map(list -> new IntentFile.Member(
                        list.get(0), list.get(1), list.get(0).length() % 2 == 0, false))
                .toList();
        Path file = folder.resolve("a.intent");
        new IntentFile("backups/full/\u00e4 b.json", AT, true, members).write(file);

        assertThat(IntentFile.read(file)).isEqualTo(new IntentFile("backups/full/\u00e4 b.json", AT, true, members));
        for (int i : new int[] {7, 0, members.size() - 1}) {
            IntentFile.done(file, i, members.size());
            assertThat(IntentFile.read(file).members().get(i).done()).isTrue();
        }
        assertThat(IntentFile.read(file).members().stream().filter(IntentFile.Member::done))
                .hasSize(3);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aPartOfARecordIsRefused() throws IOException {
        Path file = folder.resolve("a.intent");
        new IntentFile("b", AT, false, List.of(new IntentFile.Member("x", "", false, false))).write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> IntentFile.read(file)).isInstanceOf(IOException.class);
        }
    }
}
