package io.kvbackup.repository;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Closes several things without one failure hiding another. */
public final class Closeables {
    private Closeables() {}

    /** Closes all, last to first; throws the first failure with the others attached. */
    public static void closeAll(Collection<? extends Closeable> resources) throws IOException {
        Closeable[] all = resources.toArray(new Closeable[0]);
        Throwable failure = null;
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                all[i].close();
            } catch (Throwable e) {
                failure = merge(failure, e);
            }
        }
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    /** Closes a resource after a failure, which keeps precedence. */
    public static void closeAfter(Throwable failure, Closeable resource) {
        try {
            resource.close();
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
    }

    private static Throwable merge(@Nullable Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
