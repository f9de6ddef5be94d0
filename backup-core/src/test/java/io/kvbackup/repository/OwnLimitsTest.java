package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.LeaseJson;
import io.kvbackup.format.LeaseRecord;
import io.kvbackup.format.Limits;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.StorageKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Limits that stand in the constructor or check of a type, which writers and readers share: at the limit, and one more.
 */
class OwnLimitsTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String ARCHIVE = "backups/db/2026-11-20T12:00:00.000Z.json";

    private static Arguments limit(String name, int limit, IntConsumer write) {
        return Arguments.of(name, limit, write);
    }

    private static LeaseRecord lease(int padding) {
        Map<String, String> attributes = Map.of("a", "x".repeat(padding));
        return new LeaseRecord("l", 1, Optional.of("me"), Duration.ofSeconds(1), 0, NOW, attributes);
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                limit(
                        "database name",
                        200,
                        size -> BackupName.requireDatabaseName("ü".repeat(size / 2) + "x".repeat(size % 2))),
                limit("tag", 64, size -> MarkStore.requireTag("t".repeat(size))),
                limit("storage key", 900, size -> StorageKey.require("k".repeat(size))),
                limit("key id", 100, size -> EncryptionKeys.ofRaw("i".repeat(size), new byte[32])),
                limit("wrapped key", 16 << 10, size -> new WrappedKey("k", "a", Map.of(), new byte[size])),
                limit("lease", Limits.LEASE_BYTES, size -> {
                    LeaseRecord record = lease(size - LeaseJson.encode(lease(0)).length);
                    byte[] bytes = LeaseJson.encode(record);
                    try {
                        assertThat(bytes.length).isEqualTo(size);
                        assertThat(LeaseJson.decode(bytes, "lease")).isEqualTo(record);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("limits")
    void theLimitIsTakenAndOneMoreRefused(String name, int limit, IntConsumer write) {
        assertThatCode(() -> write.accept(limit)).doesNotThrowAnyException();
        assertThatThrownBy(() -> write.accept(limit + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*\\d+.*");
    }

    @Test
    void aBackupIsNamedOnlyAsReadersUnderstand() throws IOException {
        FormatChain plain = FormatChain.parse("json");
        BackupName.of("db", Instant.parse("9999-12-31T23:59:59.999Z"), plain).requireReadable();
        BackupName beyond = BackupName.of("db", Instant.parse("+10000-01-01T00:00:00Z"), plain);
        assertThatThrownBy(beyond::requireReadable)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("year 9999");
    }

    @Test
    void aMarkIsWrittenOnlyAsReadersUnderstand() throws IOException {
        MarkStore marks = new MarkStore(new io.kvbackup.storage.MemoryStorageClient());
        Duration longest = Duration.ofMillis(999_999_999_999_999L);
        marks.prepare(ARCHIVE, java.util.List.of(verified(NOW, longest)));
        // A stamp that no name can hold becomes the last one that can.
        marks.prepare(ARCHIVE, java.util.List.of(verified(Instant.parse("+10000-01-01T00:00:00Z"), Duration.ZERO)));
        assertThatThrownBy(() -> marks.prepare(ARCHIVE, java.util.List.of(verified(NOW, longest.plusMillis(1)))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(ARCHIVE);
    }

    private static Mark verified(Instant at, Duration took) {
        return new Mark.Verified(new Verification(VerifyLevel.DIGEST, at, took, true));
    }
}
