package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Links between the pages lead somewhere, and every page can be reached from the README. */
class PageLinksTest {
    private static final Pattern CODE =
            Pattern.compile("^ *```.*?^ *```$|`[^`\n]*`", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern TYPE = Pattern.compile("`(?:[a-z]+\\.)*([A-Z]\\w+)(?:\\.\\w+)?`");
    private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$", Pattern.MULTILINE);

    @TestFactory
    List<DynamicTest> relativeLinksLeadToFilesAndHeadings() throws IOException {
        return Pages.all().stream()
                .map(page -> DynamicTest.dynamicTest(Pages.name(page), () -> {
                    assertThat(links(page)).allSatisfy(link -> assertLeadsSomewhere(page, link));
                }))
                .toList();
    }

    @Test
    void everyPageCanBeReachedFromTheReadme() throws IOException {
        Set<Path> reached = new TreeSet<>();
        List<Path> open = new ArrayList<>(List.of(Pages.readme()));
        while (!open.isEmpty()) {
            Path page = open.remove(0);
            if (Files.isRegularFile(page) && page.toString().endsWith(".md") && reached.add(page)) {
                for (String link : links(page)) {
                    open.add(target(page, link));
                }
            }
        }

        assertThat(Pages.all()).allMatch(reached::contains);
    }

    /** The map of CONTRIBUTING names classes to open. */
    @Test
    void typesInTheTablesOfContributingExist() throws IOException {
        Set<String> types = new TreeSet<>();
        try (Stream<Path> modules = Files.walk(Pages.ROOT)) {
            modules.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .forEach(name -> types.add(name.replace(".java", "")));
        }
        List<String> named = Files.readAllLines(Pages.ROOT.resolve("CONTRIBUTING.md")).stream()
                .filter(line -> line.startsWith("|"))
                .flatMap(line -> TYPE.matcher(line).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(named).hasSizeGreaterThan(20).allMatch(types::contains);
    }

    @Test
    void anchorsAreMadeAsGitHubMakesThem() {
        assertThat(anchors("# Is my store good enough?\n## `file:` & more\n## s3\n## s3\n"))
                .containsExactly("file--more", "is-my-store-good-enough", "s3", "s3-1");
    }

    private static List<String> links(Path page) throws IOException {
        String prose = CODE.matcher(Files.readString(page)).replaceAll("");
        return LINK.matcher(prose)
                .results()
                .map(found -> found.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    private static void assertLeadsSomewhere(Path page, String link) throws IOException {
        Path target = target(page, link);
        assertThat(target).as(link).exists();
        if (link.contains("#")) {
            assertThat(anchors(Files.readString(target))).contains(link.substring(link.indexOf('#') + 1));
        }
    }

    private static Path target(Path page, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? page : page.resolveSibling(path).normalize();
    }

    private static Set<String> anchors(String page) {
        Set<String> anchors = new TreeSet<>();
        String headings = Pattern.compile("^ *```.*?^ *```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(page)
                .replaceAll("");
        for (MatchResult heading : HEADING.matcher(headings).results().toList()) {
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int same = 0;
            String unique = anchor;
            while (!anchors.add(unique)) {
                unique = anchor + "-" + ++same;
            }
        }
        return anchors;
    }
}
