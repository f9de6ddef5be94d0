package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading whole objects, ranges, and certain versions. */
public interface ReadContract extends StorageFixture {
    @Test
    default void statTellsKeySizeTimeAndEtag() throws IOException {
        Instant before = Instant.now();
        put("dir/a.bin", content(1, 1_234));

        StorageObject object = client().stat("dir/a.bin").orElseThrow();

        assertThat(object.key()).isEqualTo("dir/a.bin");
        assertThat(object.size()).isEqualTo(1_234);
        assertThat(object.lastModified()).isBetween(before.minus(Duration.ofMinutes(5)), before.plusSeconds(300));
        assertThat(object.etag()).isNotEmpty();
    }

    @Test
    default void uploadStatAndListAgree() throws IOException {
        StorageObject uploaded = put("dir/a.bin", "content");

        StorageObject stat = client().stat("dir/a.bin").orElseThrow();
        try (var listed = client().list("dir/")) {
            List<StorageObject> objects = listed.toList();
            assertThat(objects).hasSize(1);
            assertThat(objects.get(0).etag()).isEqualTo(stat.etag());
            assertThat(objects.get(0).size()).isEqualTo(stat.size());
        }
        assertThat(uploaded.key()).isEqualTo(stat.key());
        assertThat(uploaded.size()).isEqualTo(stat.size());
        assertThat(uploaded.etag()).isEqualTo(stat.etag());
    }

    @Test
    default void readFollowsWriteAtOnce() throws IOException {
        for (int i = 0; i < 20; i++) {
            put("counter", "value " + i);
            assertThat(read("counter")).as("after write " + i).isEqualTo(text("value " + i));
            assertThat(keys("", "")).containsExactly("counter");
        }
    }

    @Test
    default void missingObjectIsNoSuchFile() throws IOException {
        put("present/child", "x");

        assertThat(client().stat("missing")).isEmpty();
        assertThat(client().stat("present")).isEmpty();
        for (ByteRange range : List.of(ByteRange.all(), ByteRange.of(0, 0), ByteRange.from(7))) {
            assertThatThrownBy(() -> read("missing", range))
                    .as("range " + range)
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("missing");
            assertThatThrownBy(() -> read("present", range)).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    default void rangesGiveExactlyTheirBytes() throws IOException {
        byte[] all = content(2, 10_000);
        put("a", all);

        for (long offset : new long[] {0, 1, 4_999, 9_999, 10_000, 10_001, 1L << 40}) {
            for (long length : new long[] {0, 1, 17, 5_000, 10_000, 1L << 40, Long.MAX_VALUE}) {
                int from = (int) Math.min(offset, all.length);
                int to = (int) Math.min(all.length, from + Math.min(length, all.length));
                assertThat(read("a", ByteRange.of(offset, length)))
                        .as("offset %d, length %d", offset, length)
                        .isEqualTo(Arrays.copyOfRange(all, from, to));
            }
        }
    }

    @Test
    default void rangesOfAnEmptyObjectAreEmpty() throws IOException {
        put("empty", new byte[0]);

        for (ByteRange range : List.of(ByteRange.all(), ByteRange.of(0, 10), ByteRange.from(1))) {
            assertThat(read("empty", range)).as("range " + range).isEmpty();
        }
    }

    @Test
    default void downloadMayBeClosedEarly() throws IOException {
        byte[] all = content(3, 3 * partSize());
        put("a", all);

        for (int i = 0; i < 60; i++) {
            try (InputStream in = client().download("a", ByteRange.all())) {
                assertThat(in.read()).isEqualTo(all[0] & 0xFF);
            }
        }
        assertThat(read("a")).isEqualTo(all);
    }

    @Test
    default void pinnedDownloadReadsItsVersion() throws IOException {
        StorageObject uploaded = put("a", "0123456789");
        StorageObject stat = client().stat("a").orElseThrow();

        for (StorageObject version : List.of(uploaded, stat)) {
            for (ByteRange range : List.of(ByteRange.of(3, 4), ByteRange.from(10), ByteRange.of(2, 0))) {
                try (InputStream in = client().download(version, range)) {
                    assertThat(in.readAllBytes()).as("range " + range).isEqualTo(read("a", range));
                }
            }
        }
    }

    @Test
    default void pinnedDownloadOfAReplacedVersionFails() throws IOException {
        StorageObject old = put("pinned", "old content");
        StorageObject replaced = put("pinned", "new content");
        assertThat(replaced.etag()).isNotEqualTo(old.etag());

        for (ByteRange range : List.of(ByteRange.all(), ByteRange.of(3, 4), ByteRange.of(0, 0), ByteRange.from(500))) {
            assertThatThrownBy(() -> client().download(old, range).close())
                    .as("range " + range)
                    .isInstanceOf(PreconditionFailedException.class)
                    .hasMessageContaining("pinned");
        }
        try (InputStream in = client().download(replaced, ByteRange.all())) {
            assertThat(in.readAllBytes()).isEqualTo(text("new content"));
        }
    }

    @Test
    default void pinnedDownloadOfADeletedVersionIsNoSuchFile() throws IOException {
        StorageObject old = put("a", "content");
        client().delete(List.of("a"));

        assertThatThrownBy(() -> client().download(old, ByteRange.all()).close())
                .isInstanceOf(NoSuchFileException.class);
    }
}
