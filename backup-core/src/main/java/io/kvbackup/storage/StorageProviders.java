package io.kvbackup.storage;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the provider for a URI's scheme. */
final class StorageProviders {
    /** Packages that no host sees. */
    private static final List<String> FOR_BACKENDS =
            List.of("io.kvbackup.objectstore", "io.kvbackup.disk", "io.kvbackup.pipeline");

    private static final Map<String, String> BACKENDS = Map.of(
            "s3", "io.kvbackup.s3.S3StorageClientProvider",
            "gs", "io.kvbackup.gcs.GcsStorageClientProvider",
            "file", "io.kvbackup.storage.provider.FileStorageProvider",
            "mem", "io.kvbackup.storage.provider.MemoryStorageProvider");

    private StorageProviders() {}

    static StorageClient open(StorageUri uri) throws IOException {
        StorageClientProvider provider = provider(uri.scheme(), ServiceLoader.load(StorageClientProvider.class));
        refuseUnknownOptions(uri, provider.optionNames());
        shareWith(provider.getClass().getModule());
        return provider.open(uri, uri.options());
    }

    /**
     * A modular host keeps backup-gcs on the class path, and no module can export a package to the class path by name.
     */
    private static void shareWith(Module backend) {
        if (!backend.isNamed()) {
            Module core = StorageProviders.class.getModule();
            FOR_BACKENDS.forEach(each -> core.addExports(each, backend));
        }
    }

    static StorageClientProvider provider(String scheme, Iterable<StorageClientProvider> providers) {
        Map<String, StorageClientProvider> known = new TreeMap<>();
        for (StorageClientProvider provider : providers) {
            for (String served : provider.schemes()) {
                StorageClientProvider other = known.put(served, provider);
                if (other != null) {
                    throw new IllegalArgumentException("two providers for scheme '" + served + "': "
                            + other.getClass().getName() + " and "
                            + provider.getClass().getName() + "; remove one of their jars from the class path");
                }
            }
        }
        StorageClientProvider provider = known.get(scheme);
        if (provider == null) {
            throw new IllegalArgumentException("no provider for storage scheme '" + scheme + "'; known here: "
                    + String.join(", ", known.keySet())
                    + ". " + whereItIs(scheme));
        }
        return provider;
    }

    /** A fat jar holds all classes, but only one of several service files of the same name, unless they are merged. */
    private static String whereItIs(String scheme) {
        String backend = BACKENDS.get(scheme);
        String merge = "a fat jar has to merge the files META-INF/services/" + StorageClientProvider.class.getName()
                + " of all jars (maven-shade-plugin: ServicesResourceTransformer)";
        if (backend == null || isMissing(backend)) {
            return "Is the module that serves it (backup-s3 for s3, backup-gcs for gs) on the class path? And " + merge;
        }
        return "The class " + backend + " is here, but no service file names it: " + merge;
    }

    private static boolean isMissing(String type) {
        try {
            Class.forName(type, false, Thread.currentThread().getContextClassLoader());
            return false;
        } catch (ClassNotFoundException | LinkageError e) {
            return true;
        }
    }

    static void refuseUnknownOptions(StorageUri uri, Set<String> known) {
        for (String option : uri.options().keySet()) {
            if (!known.contains(option)) {
                throw new IllegalArgumentException("unknown option " + StorageUri.shown(option, uri.options()) + " for "
                        + uri
                        + "; "
                        + (known.isEmpty()
                                ? "scheme '" + uri.scheme() + "' has no options"
                                : "known: " + String.join(", ", new TreeSet<>(known)) + "; " + StorageUri.ESCAPE));
            }
        }
    }
}
