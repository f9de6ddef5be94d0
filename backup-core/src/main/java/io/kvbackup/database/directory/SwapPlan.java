package io.kvbackup.database.directory;

import io.kvbackup.disk.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file that says what a restore changes in a folder that stays. It is complete before the restore is decided. */
final class SwapPlan {
    private static final String HEADER = "kvbackup-plan 1";

    enum Kind {
        /** What is at the path goes away. */
        REMOVE('r'),
        /** What is staged for the path comes, and what is there goes away. */
        PUT('p'),
        /** A folder gets attributes. */
        ATTRIBUTES('a');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind of(int code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("the plan of a restore has a step of kind " + code
                    + ", which this version does not know; use the version that began" + " the restore");
        }
    }

    /**
     * @param before of {@link Kind#ATTRIBUTES}, the entry that says what the folder has now; empty if there is none
     * @param after of {@link Kind#ATTRIBUTES}, the entry that says what it is to have; empty if there will be none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(Kind kind, byte[] key, byte[] before, byte[] after) {}

    private SwapPlan() {}

    static List<Step> read(Path file) throws IOException {
        return Stored.read("the plan of a restore, " + file + ",", () -> steps(file));
    }

    private static List<Step> steps(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            String header = in.readUTF();
            if (!header.equals(HEADER)) {
                throw new IOException(file + " begins with \"" + header + "\", which this version does not know; use"
                        + " the version that began the restore");
            }
            List<Step> steps = new ArrayList<>();
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                steps.add(new Step(Kind.of(kind), Stored.bytes(in), Stored.bytes(in), Stored.bytes(in)));
            }
            return steps;
        }
    }

    /** Writes a plan, step by step. Used by one thread. */
    static final class Writer implements Closeable {
        private final DataOutputStream out;

        Writer(Path file) throws IOException {
            // Never through a link.
            out = new DataOutputStream(new BufferedOutputStream(PrivateFiles.newFile(file)));
            out.writeUTF(HEADER);
        }

        void write(Step step) throws IOException {
            out.write(step.kind().code);
            for (byte[] each : new byte[][] {step.key(), step.before(), step.after()}) {
                out.writeInt(each.length);
                out.write(each);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
