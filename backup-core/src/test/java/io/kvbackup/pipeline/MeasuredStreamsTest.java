package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MeasuredStreamsTest {
    /** Test vector of FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void outputIsCountedAndDigested() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MeasuredOutputStream measured = new MeasuredOutputStream(out);
        measured.write('a');
        measured.write("xbcx".getBytes(StandardCharsets.US_ASCII), 1, 2);

        assertThat(measured.count()).isEqualTo(3);
        assertThat(measured.sha256()).isEqualTo(ABC).isEqualTo(measured.sha256());
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
    }

    @Test
    void inputIsCountedAndDigestedWhenSkippedToo() throws IOException {
        MeasuredInputStream measured =
                new MeasuredInputStream(new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII)));
        assertThat(measured.read()).isEqualTo('a');
        assertThat(measured.skip(1)).isEqualTo(1);
        assertThat(measured.readAllBytes()).containsExactly('c');
        assertThat(measured.read()).isEqualTo(-1);

        assertThat(measured.count()).isEqualTo(3);
        assertThat(measured.sha256()).isEqualTo(ABC);
    }

    @Test
    void sourceOfTheExpectedLengthOrLessPassesTheLimit() throws IOException {
        assertThat(new LimitedInputStream(new ByteArrayInputStream(new byte[5]), 5, "x").readAllBytes())
                .hasSize(5);
        assertThat(new LimitedInputStream(new ByteArrayInputStream(new byte[4]), 5, "x").readAllBytes())
                .hasSize(4);
    }

    @Test
    void sourceThatIsTooLongIsDamage() {
        LimitedInputStream bytewise = new LimitedInputStream(new ByteArrayInputStream(new byte[6]), 5, "orders.json");
        assertThatThrownBy(() -> {
                    while (bytewise.read() >= 0) {}
                })
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContainingAll("orders.json", "5 bytes");
        LimitedInputStream blockwise = new LimitedInputStream(new ByteArrayInputStream(new byte[6]), 5, "orders.json");
        assertThatThrownBy(blockwise::readAllBytes).isInstanceOf(CorruptBackupException.class);
    }
}
