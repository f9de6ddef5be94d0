package io.kvbackup.examples.http;

/** A request that is not answered with success: a status, a code for programs, and one sentence for people. */
public final class HttpError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /** @param message one sentence that says what is wrong with the request; it goes to the client */
    public HttpError(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** 400: the request makes no sense. */
    public static HttpError invalid(String message) {
        return new HttpError(400, "INVALID_REQUEST", message);
    }

    /** 404: what the request names does not exist. */
    public static HttpError notFound(String message) {
        return new HttpError(404, "NOT_FOUND", message);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
