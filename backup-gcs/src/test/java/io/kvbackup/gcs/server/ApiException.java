package io.kvbackup.gcs.server;

/** A refusal, as the API words it. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    ApiException(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    static ApiException invalid(String message) {
        return new ApiException(400, "invalid", message);
    }

    static ApiException noSuchObject(String bucket, String name) {
        return new ApiException(404, "notFound", "No such object: " + bucket + "/" + name);
    }

    static ApiException conditionNotMet() {
        return new ApiException(
                412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }
}
