package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tool has nothing that a host does not have. */
class PublicApiTest {
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(io\\.kvbackup(?:\\.[a-z0-9]+)*)\\.[A-Z]", Pattern.MULTILINE);
    private static final Pattern EXPORT = Pattern.compile("^    exports (\\S+);$", Pattern.MULTILINE);

    @Test
    void theToolImportsOnlyWhatIsExportedToAll() throws Exception {
        Set<String> exported = new TreeSet<>(exports("backup-core"));
        exported.addAll(exports("backup-server"));
        Set<String> imported = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> imported.addAll(packages(file)));
        }

        assertThat(imported).contains("io.kvbackup", "io.kvbackup.model").allMatch(exported::contains);
    }

    private static Set<String> exports(String module) throws IOException {
        String text = Files.readString(Path.of("..", module, "src/main/java/module-info.java"));
        return EXPORT.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private static Set<String> packages(Path file) {
        try {
            return IMPORT.matcher(Files.readString(file))
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
