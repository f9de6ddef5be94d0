package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.ArchiveFormat;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.ArchiveWriter;
import io.kvbackup.format.Fidelity;
import io.kvbackup.format.Room;
import io.kvbackup.pipeline.EncodedOutputStream;
import io.kvbackup.pipeline.TransformChain;
import io.kvbackup.pipeline.TransformContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FullBackupTest {
    private static final TransformChain ZSTD = TransformChain.parse(List.of("zst"));

    /** Keeps the stream that it was given, and fails if told to. */
    private static final class KeepingFormat implements ArchiveFormat {
        private final boolean fails;
        private InputStream given = InputStream.nullInputStream();

        KeepingFormat(boolean fails) {
            this.fails = fails;
        }

        @Override
        public String name() {
            return "keeping";
        }

        @Override
        public ArchiveWriter writer(OutputStream out, ArchiveShape shape) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ArchiveShape read(InputStream in, Fidelity fidelity, Room room, ArchiveVisitor to) throws IOException {
            given = in;
            if (fails) {
                throw new IOException("bad archive");
            }
            return ArchiveShape.FULL;
        }
    }

    private static byte[] zstd(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EncodedOutputStream encoded = ZSTD.encode(out, TransformContext.of("object"))) {
            encoded.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            encoded.finish();
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theDecoderIsClosedWhetherReadingFailsOrNot(boolean fails) throws IOException {
        KeepingFormat format = new KeepingFormat(fails);
        InputStream archive = new ByteArrayInputStream(zstd("some text"));
        try {
            FullBackup.read(archive, format, ZSTD);
            assertThat(fails).isFalse();
        } catch (IOException e) {
            assertThat(e).hasMessage("bad archive");
        }
        assertThatThrownBy(format.given::read).isInstanceOf(IOException.class).hasStackTraceContaining("Stream closed");
    }

    @Test
    void theStreamOfTheCallerStaysOpen() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        InputStream archive = new ByteArrayInputStream(zstd("{\"name\":\"orders\",\"sets\":{}}")) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        assertThat(FullBackup.read(archive, "json.zst").databases()).containsOnlyKeys("orders");
        assertThat(closed).isFalse();
    }
}
