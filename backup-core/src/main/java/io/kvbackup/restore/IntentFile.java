package io.kvbackup.restore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.PartName;
import io.kvbackup.disk.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a restore of several databases is about to do, in a text file of ASCII: a line for each value, and at the end
 * one character for each database, in their order: {@code .} until it is done, {@code +} then. These are written in
 * place, one byte at a time, which needs no space on the disk and is never half done.
 *
 * @param objectName the backup
 * @param begun by the clock of the process
 * @param whole whether all sets and keys are restored
 * @param members in the order of their commits, and then those to drop
 */
public record IntentFile(String objectName, Instant begun, boolean whole, List<Member> members) {
    private static final String MAGIC = "kvbackup-intent 1";
    private static final int HEAD = 4;
    private static final char DONE = '+';
    private static final char OPEN = '.';

    /**
     * A database of the restore.
     *
     * @param place name of the file or folder where it lies, empty if that is not known
     * @param drop whether it is to be dropped, not restored
     */
    public record Member(String database, String place, boolean drop, boolean done) {
        private String line() {
            return (drop ? "drop " : "database ") + text(database) + " " + text(place);
        }

        private static Member of(String line, boolean done) {
            String[] words = line.split(" ", -1);
            return new Member(plain(words[1]), plain(words[2]), words[0].equals("drop"), done);
        }
    }

    private static String text(String value) {
        return PartName.escape(value, c -> c > ' ' && c < 0x7F);
    }

    private static String plain(String text) {
        return PartName.unescape(text);
    }

    private String encode() {
        StringBuilder text = new StringBuilder();
        text.append(MAGIC).append("\n").append(text(objectName)).append("\n");
        text.append(begun).append("\n").append(whole ? "whole" : "part").append("\n");
        members.forEach(member -> text.append(member.line()).append('\n'));
        members.forEach(member -> text.append(member.done() ? DONE : OPEN));
        return text.append('\n').toString();
    }

    /** Puts the file there as a whole, to outlast the machine. */
    public void write(Path file) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        PrivateFiles.copy(new ByteArrayInputStream(encode().getBytes(US_ASCII)), temporary);
        DiskSync.file(temporary, StandardOpenOption.WRITE);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        DiskSync.folder(file.getParent());
    }

    /** Marks a member as done. */
    static void done(Path file, int member, int members) throws IOException {
        // Not a channel, which an interrupt would close.
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rwd")) {
            bytes.seek(bytes.length() - 1 - members + member);
            bytes.write(DONE);
        }
    }

    /** @throws IOException if it is not such a file, or damaged */
    public static IntentFile read(Path file) throws IOException {
        String[] lines = Files.readString(file, US_ASCII).split("\n", -1);
        int count = lines.length - HEAD - 2;
        try {
            if (!lines[0].equals(MAGIC)
                    || lines[HEAD + count].length() != count
                    || !lines[HEAD + count + 1].isEmpty()) {
                throw new IOException("no record of a restore");
            }
            List<Member> members = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                members.add(Member.of(lines[HEAD + i], lines[HEAD + count].charAt(i) == DONE));
            }
            return new IntentFile(plain(lines[1]), Instant.parse(lines[2]), lines[3].equals("whole"), members);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("damaged: " + e.getMessage(), e);
        }
    }
}
