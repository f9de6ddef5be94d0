package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The record that a restore is decided.
 *
 * @param identity of the RocksDB that is restored
 * @param waypoint where the RocksDB stood when this was written
 * @param families files with their sizes, by column family, of those that are still to be swapped in
 */
record CommitMarker(String identity, Waypoint waypoint, Map<String, List<StagedFile>> families) {
    private static final String MAGIC = "kvbackup-restore 2";
    private static final int HEAD = 3;

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
        for (int i = HEAD; i < lines.length - 1; i++) {
            String[] words = lines[i].split(" ", 2);
            if (words[0].equals("family")) {
                files = new ArrayList<>();
                families.put(unhex(words[1]), files);
            } else {
                files.add(new StagedFile(words[0], Long.parseLong(words[1])));
            }
        }
        return new CommitMarker(unhex(lines[1]), waypoint(lines[2].split(" ", -1)), families);
    }

    private static Waypoint waypoint(String[] numbers) {
        return new Waypoint(Long.parseLong(numbers[0]), Long.parseLong(numbers[2]));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    private static String unhex(String digits) {
        return new String(HexFormat.of().parseHex(digits), UTF_8);
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
