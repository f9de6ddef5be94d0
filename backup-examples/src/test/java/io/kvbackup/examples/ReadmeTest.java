package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every Java block of the README and of the pages is a {@code // region} of a class that is compiled and tested here.
 */
class ReadmeTest {
    @TestFactory
    List<DynamicTest> javaBlocksAreRegionsOfTestedCode() throws IOException {
        List<Region> regions = Region.all();
        assertThat(regions).extracting(Region::name).doesNotHaveDuplicates();
        return Pages.all().stream()
                .map(page -> DynamicTest.dynamicTest(Pages.name(page), () -> {
                    for (String block : Pages.javaBlocks(page)) {
                        assertThat(regions).extracting(Region::text).contains(block);
                    }
                }))
                .toList();
    }

    /** A reader who copies a block must learn from the same page what to import. */
    @TestFactory
    List<DynamicTest> pagesNameThePackagesOfTheirBlocks() throws IOException {
        List<Region> regions = Region.all();
        return Pages.all().stream()
                .map(page -> DynamicTest.dynamicTest(Pages.name(page), () -> {
                    String text = Files.readString(page);
                    List<String> blocks = Pages.javaBlocks(page);
                    for (Region region : regions) {
                        if (blocks.contains(region.text()) && !region.text().startsWith("import ")) {
                            assertThat(region.packages())
                                    .as("packages of region " + region.name())
                                    .allMatch(name -> text.contains("`" + name + "`"));
                        }
                    }
                }))
                .toList();
    }

    /** A region that no page shows is a forgotten one. */
    @Test
    void regionsAreShown() throws IOException {
        StringBuilder shown = new StringBuilder();
        for (Path page : Pages.all()) {
            Pages.javaBlocks(page).forEach(shown::append);
        }
        assertThat(Region.all()).allMatch(region -> shown.indexOf(region.text()) >= 0);
    }

    @Test
    void commandsAreThoseThatTheContinuousBuildRuns() throws IOException {
        String readme = Files.readString(Pages.readme());
        Matcher first = Pattern.compile("^\"\\$\\{maven\\[@]}\" (.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(Pages.ROOT.resolve(".ci/run")));

        assertThat(first.find()).isTrue();
        assertThat(readme)
                .contains("```sh\nmvn -q compile -Drun=PackagesExample\n```")
                .contains("```sh\nmvn " + first.group(1) + "\n```");
    }

    @Test
    void theReadmeNamesEveryPackageThatAHostImports() throws IOException {
        String readme = Files.readString(Pages.readme());
        String module = Files.readString(Pages.ROOT.resolve("backup-core/src/main/java/module-info.java"));
        List<String> exported = Pattern.compile("exports (\\S+);")
                .matcher(module)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(exported).contains("io.kvbackup").allMatch(name -> readme.contains("`" + name + "`"));
    }

    @Test
    void theReadmeNamesTheVersionsThatAreTested() throws IOException {
        String pom = Files.readString(Pages.ROOT.resolve("pom.xml"));
        Matcher zstd = Pattern.compile("<zstd.version>(.*?)</zstd.version>").matcher(pom);
        Matcher own = Pattern.compile("<artifactId>kvbackup</artifactId>\\s*<version>(.*?)</version>")
                .matcher(pom);

        assertThat(zstd.find() && own.find()).isTrue();
        assertThat(Pattern.compile("<version>(.*?)</version>")
                        .matcher(Files.readString(Pages.readme()))
                        .results()
                        .map(found -> found.group(1)))
                .containsExactly(own.group(1), own.group(1), zstd.group(1));
    }
}
