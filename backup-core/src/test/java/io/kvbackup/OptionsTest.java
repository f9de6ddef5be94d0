package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyOptions;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Options that are built upon others lose nothing, and a host can read all that was chosen. */
class OptionsTest {
    static Stream<Arguments> allSet() {
        BackupOptions backup = BackupOptions.builder()
                .kind(BackupKind.INCREMENTAL)
                .newLineage(true)
                .format("json.gz")
                .spool(true)
                .tag("release")
                .alsoTo("offsite", new MemoryStorageClient())
                .progress(progress -> {})
                .build();
        RestoreOptions restore = RestoreOptions.builder()
                .database("orders")
                .as("copy")
                .sets("items")
                .keysStartingWith(new byte[] {1})
                .dryRun(true)
                .ifAbsent(true)
                .dropOthers(true)
                .allowUnencrypted(true)
                .skipDamaged(true)
                .target(RestoreTarget.latest())
                .progress(progress -> {})
                .build();
        VerifyOptions verify = VerifyOptions.builder()
                .level(VerifyLevel.DRILL)
                .scratch(ScratchFactory.inMemory())
                .inMemoryUpTo(7)
                .remember(false)
                .progress(progress -> {})
                .build();
        VerifyDueOptions due = VerifyDueOptions.builder()
                .level(VerifyLevel.LISTED)
                .notVerifiedFor(Duration.ofDays(1))
                .databases("orders")
                .rate(RateLimit.bytesPerSecond(5))
                .atMost(Duration.ofHours(1))
                .build();
        return Stream.of(
                Arguments.of(
                        backup, BackupOptions.defaults(), backup.toBuilder().build()),
                Arguments.of(
                        restore, RestoreOptions.defaults(), restore.toBuilder().build()),
                Arguments.of(
                        verify,
                        VerifyOptions.of(VerifyLevel.DIGEST),
                        verify.toBuilder().build()),
                Arguments.of(
                        due, VerifyDueOptions.builder().build(), due.toBuilder().build()));
    }

    @Test
    void aBuilderThatGoesOnSkipsWhatIsUnchanged() {
        BackupOptions skipping = BackupOptions.builder().skipIfUnchanged(true).build();
        assertThat(skipping.toBuilder().build().skipIfUnchanged()).isTrue();
        assertThat(BackupOptions.defaults().skipIfUnchanged()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("allSet")
    void aBuilderThatGoesOnHasAllThatWasChosen(Object chosen, Object defaults, Object again) throws Exception {
        for (Field field : fields(chosen)) {
            if (field.getName().equals("skipIfUnchanged")) {
                continue; // it goes with few of the others; see below
            }
            Object value = value(field, chosen);
            if (field.getType() == VerifyOptions.class) {
                assertThat(value(field, again)).usingRecursiveComparison().isEqualTo(value);
                continue;
            }
            assertThat(value)
                    .as("%s: give it another value than the default in this test", field)
                    .isNotEqualTo(value(field, defaults));
            assertThat(value(field, again)).as("%s", field).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @MethodSource("allSet")
    void everyChoiceCanBeRead(Object chosen, Object defaults, Object again) {
        for (Field field : fields(chosen)) {
            assertThat(chosen.getClass().getMethods())
                    .as("getter of %s", field)
                    .anyMatch(method -> method.getName().equals(field.getName()) && method.getParameterCount() == 0);
        }
    }

    private static List<Field> fields(Object options) {
        List<Field> fields = Arrays.stream(options.getClass().getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .toList();
        assertThat(fields).isNotEmpty();
        return fields;
    }

    private static Object value(Field field, Object of) throws IllegalAccessException {
        field.setAccessible(true);
        return field.get(of);
    }
}
