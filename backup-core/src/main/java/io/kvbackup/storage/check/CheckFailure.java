package io.kvbackup.storage.check;

/** A criterion of {@link StorageCheck} does not hold, or could not be checked; the message says what was seen. */
final class CheckFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final StorageReport.Finding.Outcome outcome;

    private CheckFailure(StorageReport.Finding.Outcome outcome, String observed) {
        super(observed, null, false, false);
        this.outcome = outcome;
    }

    static CheckFailure failed(String observed) {
        return new CheckFailure(StorageReport.Finding.Outcome.FAILED, observed);
    }

    /** Not good, but backups can live with it. */
    static CheckFailure warning(String observed) {
        return new CheckFailure(StorageReport.Finding.Outcome.WARNING, observed);
    }

    /** The criterion could not be judged. */
    static CheckFailure skipped(String observed) {
        return new CheckFailure(StorageReport.Finding.Outcome.SKIPPED, observed);
    }

    static void require(boolean holds, String otherwise) throws CheckFailure {
        if (!holds) {
            throw failed(otherwise);
        }
    }

    StorageReport.Finding.Outcome outcome() {
        return outcome;
    }

    String observed() {
        return String.valueOf(getMessage());
    }
}
