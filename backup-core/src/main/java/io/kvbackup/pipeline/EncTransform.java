package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * AES-256-GCM in {@link Segments}, bound to the object's name. Salt and nonce prefix are new for each attempt to write.
 */
final class EncTransform implements Transform {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public OutputStream encoder(OutputStream out, TransformContext context) throws IOException {
        byte[] salt = new byte[Segments.SALT_BYTES];
        byte[] prefix = new byte[Segments.PREFIX_BYTES];
        RANDOM.nextBytes(salt);
        RANDOM.nextBytes(prefix);
        return new EncryptingOutputStream(out, context.requireKey(), salt, prefix, associatedData(context));
    }

    @Override
    public InputStream decoder(InputStream in, TransformContext context) throws IOException {
        return DecryptingInputStream.open(in, context.requireKey(), associatedData(context));
    }

    static byte[] associatedData(TransformContext context) {
        return ("kvbackup.archive:" + context.objectName()).getBytes(StandardCharsets.UTF_8);
    }
}
