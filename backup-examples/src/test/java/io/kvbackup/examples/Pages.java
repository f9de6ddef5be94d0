package io.kvbackup.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Markdown pages of the project. */
final class Pages {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^ *```java\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

    private Pages() {}

    static Path readme() {
        return ROOT.resolve("README.md");
    }

    /** Those in the root and all below {@code docs}. */
    static List<Path> all() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(pages::add);
        }
        return pages;
    }

    static List<String> javaBlocks(Path page) throws IOException {
        Matcher block = JAVA_BLOCK.matcher(Files.readString(page));
        return block.results().map(found -> found.group(1)).toList();
    }

    static String name(Path page) {
        return ROOT.relativize(page).toString();
    }
}
