package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Blob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A client that uploads four parts at a time. */
abstract class ComposedTest extends GcsTest {
    static final int CONCURRENCY = 4;

    @BeforeEach
    void compose() {
        client = builder(storage, Duration.ofSeconds(20))
                .concurrency(CONCURRENCY)
                .build();
    }

    /** Names in the bucket, of parts as well. */
    List<String> names() {
        return storage.list("bucket").streamAll().map(Blob::getName).toList();
    }

    @Override
    public void assertNothingLeftBehind() {
        super.assertNothingLeftBehind();
        assertThat(names()).noneMatch(PartFolder::holds);
    }
}
