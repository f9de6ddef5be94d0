package io.kvbackup.gcs;

import java.util.Locale;

/** Where the parts of a composed upload lie until one object is made of them. Listings do not show what is in there. */
final class PartFolder {
    private static final String NAME = "kvbackup-parts";
    private static final String START = NAME + "/";

    private PartFolder() {}

    /** Key of a part. */
    static String key(String upload, int number) {
        return START + upload + "/" + String.format(Locale.ROOT, "%06d", number);
    }

    /** The upload that a part belongs to. */
    static String upload(String key) {
        return key.substring(START.length(), key.lastIndexOf('/'));
    }

    /** What the keys of all parts start with. */
    static String start() {
        return START;
    }

    /** Whether it is the key of a part, of this client or of one with a longer prefix. */
    static boolean holds(String key) {
        return key.startsWith(START) || key.contains("/" + START);
    }
}
