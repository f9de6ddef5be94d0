package io.kvbackup.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A host that has core as a module, and a backend, which may be none, on the class path. */
public final class ModularHost {
    private static final String CORE = "io.kvbackup.core";

    private ModularHost() {}

    /** The host: uploads so many bytes to a store, and reads them. */
    public static void main(String... arguments) throws IOException {
        assertThat(StorageClient.class.getModule().getName()).isEqualTo(CORE);
        byte[] content = StorageFixture.content(1, Integer.parseInt(arguments[1]));
        try (StorageClient client = StorageClient.open(StorageUri.parse(arguments[0]))) {
            client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());
            try (InputStream in = client.download("a", ByteRange.all())) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
        }
    }

    /** Runs it, and fails if it does. */
    public static void run(String uri, int size) throws IOException, InterruptedException {
        List<String> options =
                List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "--module-path", modulePath(), "--add-modules", CORE);
        OtherProcess.run(options, ModularHost.class, Duration.ofMinutes(2), uri, size);
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
