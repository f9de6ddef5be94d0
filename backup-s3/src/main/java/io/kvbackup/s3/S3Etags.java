package io.kvbackup.s3;

/** Versions of objects, which not every store writes in the same way in all of its answers. */
final class S3Etags {
    private S3Etags() {}

    /** Some answers of some stores leave out the quotes. */
    static boolean same(String etag, String other) {
        return opaque(etag).equals(opaque(other));
    }

    private static String opaque(String etag) {
        return etag.replaceAll("^W/|\"", "");
    }
}
