package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every Java block of the README is a {@code // region} of a class that is compiled and tested here. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern REGION =
            Pattern.compile("^ *// region (\\S+)\n(.*?)^ *// endregion$", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void javaBlocksAreRegionsOfTestedCode() throws IOException {
        Map<String, String> regions = regions();
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(README));
        while (block.find()) {
            blocks.add(block.group(1));
        }

        assertThat(blocks).as("Java blocks of the README").hasSizeGreaterThan(5);
        assertThat(regions.values()).as("regions of the examples").containsAll(blocks);
    }

    @Test
    void commandsAreThoseThatTheContinuousBuildRuns() throws IOException {
        String readme = Files.readString(README);

        assertThat(readme).contains("mvn -q compile -Drun=PackagesExample").contains("mvn -Pthorough verify");
    }

    private static Map<String, String> regions() throws IOException {
        Map<String, String> regions = new LinkedHashMap<>();
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        for (Path source : sources) {
            Matcher region = REGION.matcher(Files.readString(source));
            while (region.find()) {
                String old = regions.put(
                        region.group(1), region.group(2).stripTrailing().stripIndent() + "\n");
                assertThat(old).as("second region named " + region.group(1)).isNull();
            }
        }
        return regions;
    }
}
