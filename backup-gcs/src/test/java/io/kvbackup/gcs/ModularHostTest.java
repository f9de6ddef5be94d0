package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.File;
import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Core as a module, with this one and Google's jars on the class path: they cannot be on a module path. */
class ModularHostTest {
    private static final String CORE = "io.kvbackup.core";

    /** The host. */
    public static void main(String... arguments) throws IOException {
        String core = StorageClient.class.getModule().getName();
        try (StorageClient client =
                StorageClient.open(StorageUri.parse("gs://bucket?endpoint=http://127.0.0.1:9&chunkSize=512KiB"))) {
            System.out.println(core + " opened a " + client);
        }
    }

    @Test
    void aHostOnTheModulePathOpensAStore() throws Exception {
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "--module-path",
                        modulePath(),
                        "--add-modules",
                        CORE,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ModularHostTest.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(new String(host.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains(CORE + " opened a GcsStorageClient[gs://bucket/]");
            assertThat(host.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(host.exitValue()).isZero();
        } finally {
            host.destroyForcibly();
        }
    }

    /** Core and what it requires, as far as those are modules themselves. */
    private static String modulePath() {
        Map<String, ModuleReference> known = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .flatMap(entry -> modules(Path.of(entry)))
                .collect(Collectors.toMap(module -> module.descriptor().name(), module -> module, (a, b) -> a));
        Map<String, ModuleReference> needed = new HashMap<>();
        require(CORE, known, needed);
        return needed.values().stream()
                .map(module -> Path.of(module.location().orElseThrow()).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Stream<ModuleReference> modules(Path entry) {
        try {
            return ModuleFinder.of(entry).findAll().stream();
        } catch (FindException e) {
            return Stream.empty();
        }
    }

    private static void require(String name, Map<String, ModuleReference> known, Map<String, ModuleReference> needed) {
        ModuleReference module = known.get(name);
        if (module == null || needed.putIfAbsent(name, module) != null) {
            return;
        }
        List<ModuleDescriptor.Requires> requires =
                List.copyOf(module.descriptor().requires());
        for (ModuleDescriptor.Requires each : requires) {
            if (!each.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC)) {
                require(each.name(), known, needed);
            }
        }
    }
}
