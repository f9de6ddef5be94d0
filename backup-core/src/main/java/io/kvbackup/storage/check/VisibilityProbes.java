package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is seen of an object before, during and after it is written. */
final class VisibilityProbes {
    private static final int ROUNDS = 3;
    private static final int SMALL = 256 * 1024;
    /** More than the parts in which the clients of S3 and Google Cloud Storage send content. */
    private static final int LARGE = 9 << 20;

    private VisibilityProbes() {}

    static String readAfterWrite(CheckContext context) throws IOException, CheckFailure {
        for (int round = 1; round <= ROUNDS; round++) {
            String key = "fresh/" + round;
            require(context.store().stat(key).isEmpty(), "there is an object that was never written");
            requireSeen(context, key, "first " + round);
            requireSeen(context, key, "second, and longer " + round);
            context.store().delete(List.of(key));
            require(context.store().stat(key).isEmpty(), "a deleted object is still known");
            require(!context.keys("fresh/", "").contains(key), "a deleted object is still listed");
            requireUnreadable(context, key);
        }
        return ROUNDS + " rounds of writing, replacing and deleting";
    }

    private static void requireSeen(CheckContext context, String key, String content) throws IOException, CheckFailure {
        byte[] bytes = CheckContext.text(content);
        StorageObject written = context.put(key, bytes);
        Optional<StorageObject> found = context.store().stat(key);
        require(found.isPresent(), "an object that was just written is not known");
        require(found.get().etag().equals(written.etag()), "an object that was just written is known as it was before");
        require(
                found.get().size() == bytes.length,
                "an object that was sent with " + bytes.length + " bytes is kept with "
                        + found.get().size());
        require(context.keys("fresh/", "").contains(key), "an object that was just written is not listed");
        require(
                Arrays.equals(context.read(key), bytes),
                "an object that was just written reads back as something else, such as its old content");
    }

    private static void requireUnreadable(CheckContext context, String key) throws IOException, CheckFailure {
        try {
            context.read(key);
        } catch (NoSuchFileException e) {
            return;
        }
        throw CheckFailure.failed("a deleted object can still be read");
    }

    static String emptyObject(CheckContext context) throws IOException, CheckFailure {
        context.put("empty/object", new byte[0]);
        Optional<StorageObject> found = context.store().stat("empty/object");
        require(
                found.isPresent() && context.keys("empty/", "").contains("empty/object"),
                "an empty object is not kept");
        require(found.get().size() == 0 && context.read("empty/object").length == 0, "an empty object got content");
        return "kept and read";
    }

    static String atomicVisibility(CheckContext context) throws IOException, CheckFailure {
        byte[] old = CheckContext.text("old");
        context.put("atomic/replaced", old);
        byte[] half = context.randomBytes(context.quick() ? SMALL : LARGE);
        boolean[] seen = new boolean[2];
        context.store()
                .upload(
                        "atomic/new",
                        out -> {
                            out.write(half);
                            seen[0] = context.store().stat("atomic/new").isPresent()
                                    || context.keys("atomic/", "").contains("atomic/new");
                            out.write(1);
                        },
                        PutCondition.none());
        require(!seen[0], "an object is seen while its upload is under way");
        context.store()
                .upload(
                        "atomic/replaced",
                        out -> {
                            out.write(half);
                            seen[1] = !Arrays.equals(context.read("atomic/replaced"), old);
                            out.write(1);
                        },
                        PutCondition.none());
        require(!seen[1], "an object that is being replaced is seen in between");
        require(
                context.store().stat("atomic/new").map(StorageObject::size).equals(Optional.of(half.length + 1L)),
                "an object is not seen after its upload has ended");
        return "looked after " + half.length / 1024 + " KiB";
    }

    /** Tells our own failure from a failure of the store. */
    private static final class BreakOff extends IOException {
        private static final long serialVersionUID = 1L;

        BreakOff() {
            super("the content breaks off on purpose");
        }
    }

    static String cleanAbort(CheckContext context) throws IOException, CheckFailure {
        byte[] old = CheckContext.text("old");
        context.put("abort/replaced", old);
        byte[] half = context.randomBytes(context.quick() ? SMALL : LARGE);
        for (String key : List.of("abort/new", "abort/replaced")) {
            require(breaksOff(context, key, half), "an upload whose content failed was reported as a success");
        }
        require(
                context.store().stat("abort/new").isEmpty()
                        && !context.keys("abort/", "").contains("abort/new"),
                "a broken upload has left an object");
        require(Arrays.equals(context.read("abort/replaced"), old), "a broken upload has changed the old object");
        return "broken off after " + half.length / 1024 + " KiB";
    }

    private static boolean breaksOff(CheckContext context, String key, byte[] half) throws IOException {
        try {
            context.store()
                    .upload(
                            key,
                            out -> {
                                out.write(half);
                                throw new BreakOff();
                            },
                            PutCondition.none());
            return false;
        } catch (BreakOff expected) {
            return true;
        }
    }
}
