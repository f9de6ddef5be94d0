package io.kvbackup.format;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.pipeline.EncodedOutputStream;
import io.kvbackup.pipeline.TransformChain;
import io.kvbackup.pipeline.TransformContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Archives of every format through every transform, damaged after it. */
class TransformFuzzTest extends FuzzContract {
    private static final TransformContext CONTEXT =
            TransformContext.of("backups/one/x").withKey(DataKey.of(new byte[DataKey.BYTES]));

    @Override
    protected int rounds() {
        return 300;
    }

    @Override
    protected List<FuzzTarget> targets() throws IOException {
        List<FuzzTarget> targets = new ArrayList<>();
        for (String format : ArchiveFormats.names()) {
            for (String transform : List.of("gz", "zst", "bz2", "xz", "enc")) {
                targets.add(target(format, transform));
            }
        }
        return targets;
    }

    private static FuzzTarget target(String format, String transform) throws IOException {
        TransformChain chain = TransformChain.parse(List.of(transform));
        List<byte[]> encoded = new ArrayList<>();
        for (byte[] plain : FormatFuzzTest.archives(format)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (EncodedOutputStream to = chain.encode(out, CONTEXT)) {
                to.write(plain);
                to.finish();
            }
            encoded.add(out.toByteArray());
        }
        return new FuzzTarget(
                format + "." + transform,
                encoded,
                Mutations.bytes().or(Mutations.numbers()),
                bytes -> {
                    try (InputStream in = chain.decode(new ByteArrayInputStream(bytes), CONTEXT)) {
                        ArchiveFormats.named(format).read(in, Fidelity.VERBATIM, new ArchiveCollector());
                    }
                },
                Set.of(CorruptBackupException.class));
    }
}
