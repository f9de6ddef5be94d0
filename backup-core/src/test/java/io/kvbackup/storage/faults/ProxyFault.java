package io.kvbackup.storage.faults;

/**
 * Something that goes wrong with one request on its way.
 *
 * @param number what the kind says: a count of bytes, a status, or milliseconds
 */
public record ProxyFault(Kind kind, int number) {
    /** Nothing goes wrong. */
    public static final ProxyFault NONE = new ProxyFault(Kind.NONE, 0);

    /**
     * What goes wrong. An answer whose body is shorter than the fault says passes whole; one without a body, unless it
     * says 0.
     */
    public enum Kind {
        NONE,
        /** The connection is reset after so many bytes of the request's body. */
        RESET_REQUEST,
        /** After so many bytes of the request's body the server gets no more, and the client no answer. */
        STALL_REQUEST,
        /** The connection is reset after so many bytes of the answer's body. */
        RESET_RESPONSE,
        /** The connection is closed after so many bytes of the answer's body. */
        TRUNCATE_RESPONSE,
        /** Nothing more comes after so many bytes of the answer's body. */
        STALL_RESPONSE,
        /** The answer comes in pieces of so many bytes, one each millisecond. */
        TRICKLE,
        /**
         * The server never gets the request; the answer is this status, with {@code Retry-After: 0} and
         * {@code SlowDown}.
         */
        STATUS,
        /** The server does what it is asked; the answer is this status. */
        STATUS_AFTER_EFFECT,
        /** The server does what it is asked; the connection is reset instead of an answer. */
        RESET_AFTER_EFFECT,
        /** The server gets the request twice, one after the other; the client sees the second answer. */
        DUPLICATE,
        /** The connection is reset, and new ones are refused for so many milliseconds. */
        REFUSE
    }

    /** Whether the server may have done what it was asked although the client is told otherwise, or not told at all. */
    public boolean mayHideSuccess() {
        return switch (kind) {
            case RESET_REQUEST, // at its end, if it is shorter than that
                    STALL_REQUEST,
                    RESET_RESPONSE,
                    TRUNCATE_RESPONSE,
                    STALL_RESPONSE,
                    TRICKLE,
                    STATUS_AFTER_EFFECT,
                    RESET_AFTER_EFFECT,
                    DUPLICATE -> true;
            default -> false;
        };
    }
}
