package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** What the tool says about itself: help, page, manual page, completion. */
class HelpTest {
    private static List<CommandLine> commands() {
        Terminal terminal = new Terminal(
                System.out,
                System.err,
                Map.of(),
                false,
                what -> new char[0],
                time -> true,
                Clock.system(ZoneOffset.UTC));
        List<CommandLine> all = new ArrayList<>();
        for (CommandLine command :
                new Tool(terminal).commandLine().getSubcommands().values()) {
            all.addAll(
                    command.getSubcommands().isEmpty()
                            ? List.of(command)
                            : command.getSubcommands().values());
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> eachCommandTeachesByExample() {
        return commands().stream()
                .map(command -> dynamicTest(command.getCommandName(), () -> {
                    String name = command.getCommandSpec().qualifiedName();
                    Cli.Run run = new Cli()
                            .run((name.substring("kvbackup ".length()) + " --help").split(" "))
                            .ok();

                    assertThat(run.out())
                            .startsWith("Usage: " + name)
                            .containsPattern("Examples?:\n +(source <\\()?" + name);
                    assertThat(run.lines()).allMatch(line -> line.length() <= 160);
                }));
    }

    @Test
    void thePageNamesEachCommand() throws Exception {
        String page = Files.readString(Path.of("../docs/cli.md"));

        assertThat(commands())
                .allMatch(command -> page.contains(
                        "`" + command.getCommandSpec().qualifiedName().substring("kvbackup ".length()) + "`"));
    }

    @Test
    void thePageNamesEachFieldOfJson() throws Exception {
        String page = Files.readString(Path.of("../docs/cli.md"));
        Set<String> fields = new TreeSet<>();
        try (Stream<Path> golden = Files.list(Path.of("src/test/resources/golden"))) {
            for (Path file : (Iterable<Path>) golden::iterator) {
                for (JsonNode node : (Iterable<JsonNode>) () -> documents(file)) {
                    collect(node, fields);
                }
            }
        }

        fields.remove("kg"); // of a value
        assertThat(fields).contains("stored_bytes", "findings").allMatch(field -> page.contains("`" + field + "`"));
    }

    private static java.util.Iterator<JsonNode> documents(Path file) {
        try {
            return new ObjectMapper().readerFor(JsonNode.class).readValues(file.toFile());
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void collect(JsonNode node, Set<String> fields) {
        node.fieldNames().forEachRemaining(fields::add);
        node.forEach(child -> collect(child, fields));
    }

    @Test
    void theManualPageHasEachCommandAndOption() {
        String man = new Cli().run("man").ok().out();

        assertThat(man).startsWith(".TH KVBACKUP 1");
        assertThat(man.lines()).as("no line is a request by accident").noneMatch(line -> line.startsWith("'"));
        for (CommandLine command : commands()) {
            assertThat(man)
                    .contains(
                            ".SS \"" + command.getCommandSpec().qualifiedName().replace("-", "\\-") + "\"");
            command.getCommandSpec()
                    .options()
                    .forEach(option ->
                            assertThat(man).contains(option.longestName().replace("-", "\\-")));
        }
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        String script = new Cli().run("completion").ok().out();

        assertThat(script).contains("complete -F _complete_kvbackup", "restore", "--keep-daily");
    }

    @Test
    void withoutACommandTheUsageIsShown() {
        Cli.Run run = new Cli().run();

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Commands:", "Exit codes: 0 good, 1 failed, 2 wrong arguments");
        assertThat(new Cli().run("--version").ok().out()).startsWith("kvbackup ");
    }

    @Test
    void progressShowsRateAndTimeLeft() {
        io.kvbackup.model.Progress half = new io.kvbackup.model.Progress(10, 50L << 20, 0.5, Duration.ofSeconds(10));
        io.kvbackup.model.Progress unknown = new io.kvbackup.model.Progress(10, 1 << 20, -1, Duration.ofSeconds(1));

        assertThat(ProgressLine.text("restore", half))
                .isEqualTo("restore  50 % [##########----------]  50.0 MiB  5.0 MiB/s  10 s left");
        assertThat(ProgressLine.text("backup", unknown)).isEqualTo("backup  1.0 MiB  1.0 MiB/s");
    }

    @Test
    void timesAndSpansAreReadAsPeopleTypeThem() {
        Clock clock = Clock.fixed(Cli.NOW, ZoneOffset.UTC);

        assertThat(Times.moment("2026-11-20", clock)).hasToString("2026-11-20T00:00:00Z");
        assertThat(Times.moment("2026-11-20 12:30", clock)).hasToString("2026-11-20T12:30:00Z");
        assertThat(Times.moment("2026-11-20T12:30+02:00", clock)).hasToString("2026-11-20T10:30:00Z");
        assertThat(Times.moment("90m", clock)).isEqualTo(Cli.NOW.minusSeconds(5400));
        assertThat(Words.span(Duration.ofSeconds(3725))).isEqualTo("1 h 2 min");
        assertThat(Words.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Words.bytes(1023)).isEqualTo("1023 B");
    }
}
