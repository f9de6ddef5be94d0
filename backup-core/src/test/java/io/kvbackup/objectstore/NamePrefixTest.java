package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamePrefixTest {
    @Test
    void aSlashAtTheEndIsDropped() {
        assertThat(NamePrefix.require("a/b/")).isEqualTo("a/b");
        assertThat(NamePrefix.require("a/b")).isEqualTo("a/b");
        assertThat(NamePrefix.require("/")).isEmpty();
        assertThat(NamePrefix.require("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a//b", "a/../b", "/a", "a//"})
    void whatCannotStartAKeyIsRefused(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> NamePrefix.require(prefix));
    }

    @Test
    void aPrefixLeavesRoomForKeys() {
        assertThat(NamePrefix.require("p".repeat(123) + "/")).hasSize(123);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamePrefix.require("ü".repeat(62)))
                .withMessage(
                        "prefix '" + "ü".repeat(62) + "' is 124 bytes long in UTF-8; at most 123 leave room for keys");
    }
}
