package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class UploadOutputTest {
    @Test
    void t1_swallowedWriteFailureStillPreventsTheCommit() {
        UploadOutput out = new UploadOutput(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("disk full");
                    }
                },
                "a");

        assertThatThrownBy(() -> out.write(1)).hasMessage("disk full");
        assertThatThrownBy(() -> out.write(2)).hasMessage("disk full");
        assertThatThrownBy(out::finish).hasMessage("disk full");
    }
}
