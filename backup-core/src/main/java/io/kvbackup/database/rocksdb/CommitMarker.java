package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDB;

/**
 * The record that a restore is decided.
 *
 * @param identity of the RocksDB that is restored
 * @param waypoint where the RocksDB stood when this was written
 * @param keys the keys that are replaced
 * @param replaced digests of what column families held in that range before; earlier versions noted none
 * @param families files with their sizes, by column family, of those that are still to be swapped in
 */
record CommitMarker(
        String identity,
        WriteWatermark waypoint,
        KeyRange keys,
        Map<String, String> replaced,
        Map<String, List<StagedFile>> families) {
    private static final String MAGIC = "kvbackup-restore 2";
    private static final int HEAD = 3;
    private static final String RANGE = "range";
    private static final String REPLACED = "replaced";
    private static final String NO_END = "-";

    /** @param name within the staging directory */
    record StagedFile(String name, long size) {}

    CommitMarker {
        Objects.requireNonNull(identity, "identity");
    }

    byte[] encode() {
        StringBuilder text = new StringBuilder(MAGIC + "\n" + hex(identity) + "\n");
        // The 0 was once how many numbers a swap might take, which nobody needs to guess any more.
        text.append(waypoint.sequence())
                .append(" 0 ")
                .append(waypoint.newestFile())
                .append('\n');
        if (!keys.equals(KeyRange.all())) {
            byte[] to = keys.to();
            text.append(RANGE).append(' ').append(hex(keys.from())).append(' ');
            text.append(to == null ? NO_END : hex(to)).append('\n');
        }
        replaced.forEach((family, digest) -> text.append(REPLACED)
                .append(' ')
                .append(hex(family))
                .append(' ')
                .append(digest)
                .append('\n'));
        families.forEach((family, files) -> {
            text.append("family ").append(hex(family)).append('\n');
            files.forEach(
                    file -> text.append(file.name).append(' ').append(file.size).append('\n'));
        });
        return (text + "end " + checksum(text.toString())).getBytes(UTF_8);
    }

    /** @throws IOException if the text is not a whole marker */
    static CommitMarker decode(byte[] bytes) throws IOException {
        String text = new String(bytes, UTF_8);
        int end = text.lastIndexOf("end ");
        if (!text.startsWith(MAGIC + "\n")
                || end < 0
                || !text.substring(end + 4).equals(checksum(text.substring(0, end)))) {
            throw new IOException("not a whole commit marker of version 2");
        }
        try {
            return decode(text.substring(0, end).split("\n", -1));
        } catch (RuntimeException e) {
            throw new IOException(
                    "not a commit marker of version 2, though its checksum is right: " + e.getMessage(), e);
        }
    }

    private static CommitMarker decode(String[] lines) {
        Map<String, List<StagedFile>> families = new LinkedHashMap<>();
        List<StagedFile> files = List.of();
        KeyRange keys = KeyRange.all();
        Map<String, String> replaced = new LinkedHashMap<>();
        for (int i = HEAD; i < lines.length - 1; i++) {
            String[] words = lines[i].split(" ", 2);
            if (words[0].equals("family")) {
                files = new ArrayList<>();
                families.put(unhex(words[1]), files);
            } else if (words[0].equals(RANGE)) {
                keys = range(words[1].split(" ", -1));
            } else if (words[0].equals(REPLACED)) {
                String[] digest = words[1].split(" ", -1);
                replaced.put(unhex(digest[0]), digest[1]);
            } else {
                files.add(new StagedFile(words[0], Long.parseLong(words[1])));
            }
        }
        return new CommitMarker(unhex(lines[1]), waypoint(lines[2].split(" ", -1)), keys, replaced, families);
    }

    /** Whether a family holds what it did before, in the range that is to be replaced. */
    boolean isContentOf(RocksDB db, Family family) throws IOException {
        String before = replaced.get(family.name());
        return before != null && before.equals(ContentDigest.of(db, family, keys));
    }

    private static KeyRange range(String[] ends) {
        return new KeyRange(bytes(ends[0]), ends[1].equals(NO_END) ? null : bytes(ends[1]));
    }

    private static WriteWatermark waypoint(String[] numbers) {
        return new WriteWatermark(Long.parseLong(numbers[0]), Long.parseLong(numbers[2]));
    }

    private static String hex(String text) {
        return hex(text.getBytes(UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String unhex(String digits) {
        return new String(bytes(digits), UTF_8);
    }

    private static byte[] bytes(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
