package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The formatter wraps code, but not comments, long texts and Markdown. */
class LineLengthTest {
    private static final int COLUMNS = 120;
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "golden");

    @Test
    void noLineIsLongerThanAScreenIsWide() throws IOException {
        List<String> tooLong = new ArrayList<>();
        int files = 0;
        for (Path file : written()) {
            files++;
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (columns(file, lines.get(i)) > COLUMNS) {
                    tooLong.add(ROOT.relativize(file) + ":" + (i + 1));
                }
            }
        }

        assertThat(files).isGreaterThan(500);
        assertThat(tooLong).as("lines of more than " + COLUMNS + " columns").isEmpty();
    }

    @Test
    void tablesAndTargetsOfLinksDoNotCount() {
        Path page = Path.of("page.md");
        String words = "word ".repeat(30);

        assertThat(columns(page, words)).isEqualTo(150);
        assertThat(columns(page, "| " + words + "|")).isZero();
        assertThat(columns(page, "See [this](https://example.com/" + "a".repeat(150) + ")."))
                .isLessThan(20);
        assertThat(columns(Path.of("A.java"), "// [this](" + "a".repeat(150) + ")"))
                .isGreaterThan(COLUMNS);
    }

    private static int columns(Path file, String line) {
        if (file.toString().endsWith(".md")) {
            return line.stripLeading().startsWith("|")
                    ? 0
                    : line.replaceAll("]\\([^)]*\\)", "]")
                            .replaceAll("https?://\\S+", "")
                            .length();
        }
        return line.replaceAll("https?://\\S+", "").length();
    }

    private static List<Path> written() throws IOException {
        List<Path> files = new ArrayList<>();
        walk(ROOT, files);
        return files;
    }

    private static void walk(Path folder, List<Path> files) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            children.sorted().forEach(child -> {
                String name = child.getFileName().toString();
                try {
                    if (Files.isDirectory(child)) {
                        if (!NOT_OURS.contains(name)) {
                            walk(child, files);
                        }
                    } else if (name.matches(".*\\.(java|md|properties)|run")) {
                        files.add(child);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
