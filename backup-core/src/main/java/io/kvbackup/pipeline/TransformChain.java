package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transforms between an archive and its object, as the file name tells them: {@code zst} then {@code enc} for
 * {@code .zst.enc}. Immutable and safe for use by several threads.
 */
public final class TransformChain {
    /** The transform that encrypts; always the last, since nothing can be done with what it makes. */
    public static final String ENCRYPTION = "enc";

    // Not constructor references: resolving those already loads the library's classes.
    private static final Map<String, NamedTransform> KNOWN = byName(
            new NamedTransform("zst", "com.github.luben:zstd-jni", () -> new ZstdTransform()),
            new NamedTransform("gz", "org.apache.commons:commons-compress", () -> new GzipTransform()),
            new NamedTransform("bz2", "org.apache.commons:commons-compress", () -> new Bzip2Transform()),
            new NamedTransform("xz", "org.tukaani:xz", () -> new XzTransform()),
            new NamedTransform(ENCRYPTION, "a Java platform that has AES", () -> new EncTransform()));

    private final List<NamedTransform> transforms;

    TransformChain(List<NamedTransform> transforms) {
        this.transforms = List.copyOf(transforms);
    }

    private static Map<String, NamedTransform> byName(NamedTransform... transforms) {
        Map<String, NamedTransform> named = new LinkedHashMap<>();
        for (NamedTransform transform : transforms) {
            named.put(transform.name(), transform);
        }
        return named;
    }

    /**
     * The chain of the given extensions, innermost first; none is the chain that changes nothing.
     *
     * @throws IllegalArgumentException if one of them is unknown, or something follows the encryption
     */
    public static TransformChain parse(List<String> extensions) {
        int encryption = extensions.indexOf(ENCRYPTION);
        if (encryption >= 0 && encryption < extensions.size() - 1) {
            throw new IllegalArgumentException("transform '" + ENCRYPTION + "' must come last, and once, in '"
                    + String.join(".", extensions) + "': what is encrypted cannot be compressed");
        }
        return new TransformChain(
                extensions.stream().map(TransformChain::transform).toList());
    }

    private static NamedTransform transform(String name) {
        NamedTransform transform = KNOWN.get(name);
        if (transform == null) {
            throw new IllegalArgumentException(
                    "unknown transform '" + name + "'; known: " + String.join(", ", KNOWN.keySet()));
        }
        return transform;
    }

    /** Whether the name is that of a transform, its library present or not. */
    public static boolean isKnown(String name) {
        return KNOWN.containsKey(name);
    }

    /**
     * Whether the library behind a transform is present and works on this machine.
     *
     * @throws IllegalArgumentException if there is no such transform
     */
    public static boolean isAvailable(String name) {
        return transform(name).isAvailable();
    }

    /** The extensions, innermost first. */
    public List<String> names() {
        return transforms.stream().map(NamedTransform::name).toList();
    }

    /** Whether the last of them encrypts. */
    public boolean isEncrypted() {
        return names().contains(ENCRYPTION);
    }

    /** What the chain adds to a file name: {@code .zst.enc}, or nothing. */
    public String suffix() {
        StringBuilder suffix = new StringBuilder();
        transforms.forEach(transform -> suffix.append('.').append(transform.name()));
        return suffix.toString();
    }

    /**
     * Encodes into {@code out}, which the caller closes itself.
     *
     * @param context of the object that {@code out} goes to
     * @throws IOException if a library is missing (the message says which), or from {@code out}
     */
    public EncodedOutputStream encode(OutputStream out, TransformContext context) throws IOException {
        return EncodedOutputStream.open(transforms, out, context);
    }

    /**
     * Decodes {@code in}, which is closed with the result, or at once if this method throws.
     *
     * <p>Damage shows as {@link io.kvbackup.model.CorruptBackupException}, here or while reading; failures of
     * {@code in} pass through. How much comes out is not limited: put a {@link LimitedInputStream} around it.
     *
     * @param context of the object that {@code in} comes from
     * @throws IOException if a library or the object's key is missing (the message says which), or from {@code in}
     */
    public InputStream decode(InputStream in, TransformContext context) throws IOException {
        return DecodedInputStream.open(transforms, in, context);
    }

    @Override
    public String toString() {
        return suffix();
    }
}
