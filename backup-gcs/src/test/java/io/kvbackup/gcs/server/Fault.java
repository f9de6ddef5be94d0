package io.kvbackup.gcs.server;

/**
 * Something that goes wrong with a request.
 *
 * @param number a status, or a count of bytes
 */
public record Fault(Kind kind, int number) {
    /** What goes wrong. */
    public enum Kind {
        /** The request is answered with a status, and has no effect. */
        STATUS,
        /** The request has its effect, but is answered with a status. */
        STATUS_AFTER_EFFECT,
        /** The connection breaks, and the request has no effect. */
        BREAK,
        /** The request has its effect, but the connection breaks before the answer. */
        BREAK_AFTER_EFFECT,
        /** There is no answer as long as the server runs, and no effect. */
        HANG,
        /** The answer breaks off after so many bytes of its body. */
        TRUNCATE,
        /** A bit of the answer's body is another one. */
        FLIP
    }

    /** Answers with a status instead of doing anything. */
    public static Fault status(int status) {
        return new Fault(Kind.STATUS, status);
    }

    /** Does what is asked, then answers with a status. */
    public static Fault statusAfterEffect(int status) {
        return new Fault(Kind.STATUS_AFTER_EFFECT, status);
    }

    /** A fault without a number. */
    public static Fault of(Kind kind) {
        return new Fault(kind, 0);
    }

    /** Sends only so many bytes of the body. */
    public static Fault truncate(int bytes) {
        return new Fault(Kind.TRUNCATE, bytes);
    }
}
