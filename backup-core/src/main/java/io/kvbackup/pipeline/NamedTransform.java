package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Supplier;

/**
 * A transform as it stands in file names.
 *
 * @param name the extension
 * @param artifact Maven coordinates of the library behind it
 * @param implementation called late, because the mere loading of its class fails where the library is missing
 */
record NamedTransform(String name, String artifact, Supplier<Transform> implementation) {
    private static final TransformContext PROBE =
            TransformContext.of("probe").withKey(DataKey.of(new byte[DataKey.BYTES]));

    OutputStream encoder(OutputStream out, TransformContext context) throws IOException {
        try {
            return implementation.get().encoder(out, context);
        } catch (LinkageError e) {
            throw missingLibrary(e);
        }
    }

    InputStream decoder(InputStream in, TransformContext context) throws IOException {
        try {
            return implementation.get().decoder(in, context);
        } catch (LinkageError e) {
            throw missingLibrary(e);
        }
    }

    boolean isAvailable() {
        try (OutputStream probe = encoder(OutputStream.nullOutputStream(), PROBE)) {
            probe.write(0);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private MissingLibraryException missingLibrary(LinkageError cause) {
        return new MissingLibraryException(
                "transform '" + name + "' cannot run here: add " + artifact
                        + " to the class path; if it is there, its native library could not be loaded"
                        + " (is java.io.tmpdir writable and executable?)",
                cause);
    }

    /** Not damage, though it comes from a decoder. */
    static final class MissingLibraryException extends IOException {
        private static final long serialVersionUID = 1L;

        MissingLibraryException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
