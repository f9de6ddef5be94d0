package io.kvbackup.database.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.rocksdb.CommitMarker.StagedFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitMarkerTest {
    private static CommitMarker marker() {
        Map<String, List<StagedFile>> families = new LinkedHashMap<>();
        families.put("line\nbreak end ", List.of(new StagedFile("0-0.sst", 5), new StagedFile("0-1.sst", 1L << 40)));
        families.put("empty", List.of());
        families.put("ä", List.of(new StagedFile("2-0.sst", 0)));
        return new CommitMarker(
                "id-1",
                new WriteWatermark(7, 99),
                KeyRange.startingWith(new byte[] {-1}),
                Map.of("empty", "ab"),
                families);
    }

    @Test
    void comesBackWithItsOrder() throws IOException {
        CommitMarker read = CommitMarker.decode(marker().encode());

        assertThat(read).isEqualTo(marker());
        assertThat(read.families().keySet()).containsExactly("line\nbreak end ", "empty", "ä");
        assertThat(CommitMarker.decode(
                                new CommitMarker("", new WriteWatermark(0, 0), KeyRange.all(), Map.of(), Map.of())
                                        .encode())
                        .identity())
                .isEmpty();
    }

    @Test
    void t20_aPartOfAMarkerIsRefused() {
        byte[] whole = marker().encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CommitMarker.decode(part)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aChangedByteIsRefused() {
        byte[] whole = marker().encode();
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> CommitMarker.decode(changed)).isInstanceOf(IOException.class);
        }
    }
}
