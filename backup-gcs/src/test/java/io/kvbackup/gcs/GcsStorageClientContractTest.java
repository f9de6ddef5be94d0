package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.util.List;
import org.junit.jupiter.api.Test;

@StoreUnderTest(
        scheme = "gs:",
        server = "strict server of the test jar",
        deviations = "no keys with line breaks, as in Google's own")
class GcsStorageClientContractTest extends GcsTest implements StorageClientContract {
    @Override
    public boolean supportsKey(String key) {
        return key.indexOf('\n') < 0;
    }

    @Test
    void keysWithLineBreaksAreRefusedBeforeAnythingIsSent() {
        for (String key : List.of("new\nline", "carriage\rreturn")) {
            assertThatThrownBy(() -> put(key, "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("line break");
        }
        org.assertj.core.api.Assertions.assertThat(server.requests()).isEmpty();
    }
}
