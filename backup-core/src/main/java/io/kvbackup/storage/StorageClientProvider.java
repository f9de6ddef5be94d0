package io.kvbackup.storage;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Opens stores for URI schemes. Implementations are found with {@link java.util.ServiceLoader}, have a public
 * constructor without arguments, and hold no state.
 */
public interface StorageClientProvider {
    /**
     * The schemes served, in lower case and without the colon: {@code s3}. Two providers for one scheme are an error.
     */
    Set<String> schemes();

    /** Names of all options that {@link #open} understands; any other is refused before it is called. */
    Set<String> optionNames();

    /**
     * Opens a store. Does not contact it: a wrong bucket shows at first use.
     *
     * @param uri the place; its own options are part of {@code options} already
     * @param options by name; only names from {@link #optionNames()}
     * @throws IllegalArgumentException if an option's value makes no sense; says which, and what would
     */
    StorageClient open(StorageUri uri, Map<String, String> options) throws IOException;
}
