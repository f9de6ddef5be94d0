package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.StorageKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which keys there can be, and what can be done to objects by key. */
final class KeyProbes {
    private static final int SHOWN = 60;

    /** In the names of backups; the longest that the library makes are among them. */
    private static final List<String> NEEDED = List.of(
            "odd/2026-11-20T12:00:00.000Z.cbor.zst",
            "odd/orders_eu-west.v2~1/2026-11-20T12:00:00.000Z.tar.bz2.manifest.json",
            "odd/" + "d".repeat(StorageKey.MAX_SEGMENT_BYTES) + "/" + "a".repeat(StorageKey.MAX_SEGMENT_BYTES));

    private static final List<String> UNUSUAL = List.of(
            "odd/with space",
            "odd/plus+percent%41&question?hash#",
            "odd/back\\slash",
            "odd/'quotes\"<angle>*|",
            "odd/.hidden",
            "odd/trailing.",
            "odd/CON",
            "odd/\u00fcml\u00e4ut/\u65e5\u672c\u8a9e/\ud83d\ude00",
            "odd/new\nline",
            "odd/" + "longer".repeat(70));

    private KeyProbes() {}

    static String oddKeys(CheckContext context) throws IOException, CheckFailure {
        List<String> refused = new ArrayList<>();
        for (String key : NEEDED) {
            require(works(context, key), "backups have names like '" + shown(key) + "', which do not work");
        }
        for (String key : UNUSUAL) {
            if (!works(context, key)) {
                refused.add("'" + shown(key) + "'");
            }
        }
        if (!refused.isEmpty()) {
            throw CheckFailure.warning("refused or mixed up: " + String.join(", ", refused));
        }
        return NEEDED.size() + UNUSUAL.size() + " of them";
    }

    private static String shown(String key) {
        String line = key.replace("\n", "\\n");
        return line.length() <= SHOWN
                ? line
                : line.substring(0, SHOWN) + "…' of " + key.length() + " bytes, '" + line.substring(line.length() - 10);
    }

    private static boolean works(CheckContext context, String key) throws IOException {
        byte[] content = CheckContext.text("content of " + key);
        try {
            context.put(key, content);
            return Arrays.equals(context.read(key), content)
                    && context.keys(key, "").contains(key);
        } catch (IllegalArgumentException | NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            Interruption.rethrow(e);
            // Some stores answer with an error of their own; one that does not work at all has been found out before.
            return false;
        }
    }

    static String deleteIdempotence(CheckContext context) throws IOException, CheckFailure {
        context.put("delete/a", new byte[] {1});
        context.put("delete/b", new byte[] {1});
        try {
            context.store().delete(List.of());
            context.store().delete(List.of("delete/missing"));
            context.store().delete(List.of("delete/a", "delete/missing", "delete/b"));
            context.store().delete(List.of("delete/a", "delete/b"));
        } catch (IOException e) {
            throw CheckFailure.failed("a deletion of what was not there failed: " + e.getMessage());
        }
        require(
                context.store().stat("delete/a").isEmpty()
                        && context.store().stat("delete/b").isEmpty(),
                "an object is there after its deletion");
        return "also together with missing ones";
    }

    static String copy(CheckContext context) throws CheckFailure {
        byte[] content = context.randomBytes(10_000);
        try {
            context.put("copy/from", content);
            context.store().copy("copy/from", "copy/to");
            if (Arrays.equals(context.read("copy/to"), content) && Arrays.equals(context.read("copy/from"), content)) {
                return "the same content";
            }
        } catch (IOException e) {
            throw CheckFailure.warning("a copy failed: " + e.getMessage());
        }
        throw CheckFailure.warning("the copy is not what was copied");
    }
}
