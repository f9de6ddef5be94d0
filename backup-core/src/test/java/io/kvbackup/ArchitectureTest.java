package io.kvbackup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

@AnalyzeClasses(packages = "io.kvbackup", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Pattern COLUMN = Pattern.compile("\\|");
    private static final String ENGINES = "io.kvbackup.database.";

    /** From the roof down: a package may use those on the floors below, never one beside or above. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("micrometer"),
            List.of(""),
            List.of("replication"),
            List.of("verify", "prune", "copy", "health", "event"),
            List.of("restore"),
            List.of("host"),
            List.of("job"),
            List.of("repository.archive", "repository.tree", "repository.log"),
            List.of("repository"),
            List.of("format"),
            List.of("format.log"),
            List.of("format.tree"),
            List.of("database..", "objectstore", "retention"),
            List.of("storage.provider"),
            List.of("storage.check"),
            List.of("storage.retry", "storage.file", "storage.throttle"),
            List.of("storage"),
            List.of("pipeline"),
            List.of("disk", "encryption"),
            List.of("model"));

    @ArchTest
    static void everyPackageUsesOnlyThoseOnTheFloorsBelow(JavaClasses all) {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            for (String room : FLOORS.get(floor)) {
                List<String> forbidden = new ArrayList<>();
                FLOORS.subList(0, floor).forEach(forbidden::addAll);
                forbidden.addAll(FLOORS.get(floor));
                forbidden.remove(room);
                noClasses()
                        .that()
                        .resideInAPackage(packageOf(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden.stream()
                                .map(ArchitectureTest::packageOf)
                                .toArray(String[]::new))
                        .allowEmptyShould(true)
                        .check(all);
            }
        }
    }

    @ArchTest
    static void everyPackageIsOnAFloor(JavaClasses all) {
        Set<String> known = FLOORS.stream()
                .flatMap(List::stream)
                .map(ArchitectureTest::packageOf)
                .collect(Collectors.toSet());
        assertThat(all)
                .allMatch(type ->
                        known.stream().anyMatch(room -> PackageMatcher.of(room).matches(type.getPackageName())));
    }

    /** CONTRIBUTING opens with a picture of the floors and a table of the rooms. */
    @ArchTest
    static void contributingDrawsTheHouse(JavaClasses all) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "CONTRIBUTING.md"));
        int begin = lines.indexOf("```text");
        int end = begin + lines.subList(begin, lines.size()).indexOf("```");
        List<List<String>> drawn = lines.subList(begin, end).stream()
                .filter(line -> line.startsWith("|"))
                .map(ArchitectureTest::cells)
                .toList();
        List<String> described = lines.subList(end, lines.indexOf("| you want to add | open | and also |")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> cells(line).get(0).replace("`", ""))
                .toList();

        assertThat(drawn)
                .isEqualTo(FLOORS.stream()
                        .map(floor -> floor.stream()
                                .map(room -> room.isEmpty() ? "io.kvbackup" : room)
                                .toList())
                        .toList());
        assertThat(described)
                .containsExactlyElementsOf(drawn.stream().flatMap(List::stream).toList());
    }

    private static List<String> cells(String row) {
        return COLUMN.splitAsStream(row.substring(1)).map(String::strip).toList();
    }

    private static String packageOf(String room) {
        return room.isEmpty() ? "io.kvbackup" : "io.kvbackup." + room;
    }

    /** The floors allow of none outside the engines; this takes seconds. */
    @ArchTest
    @ArchTag("thorough")
    static final ArchRule noCycles =
            slices().matching("io.kvbackup.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule jacksonStaysAtHome = noClasses()
            .that()
            .resideOutsideOfPackage("io.kvbackup.format")
            .and()
            .haveNameNotMatching("io\\.kvbackup\\.database\\.Json(Codec|Names|Numbers|Untyped)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule theClockIsInjected = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule utilityPackagesAreBanned =
            classes().should().resideOutsideOfPackages("..util..", "..common..", "..impl..", "..internal..", "..api..");

    @ArchTest
    static void theExportedApiStaysSmall(JavaClasses all) {
        List<String> types = exportedTypes(all, name -> !name.startsWith(ENGINES));

        assertThat(types).as("exported types").hasSizeLessThanOrEqualTo(106).contains("io.kvbackup.BackupManager");
    }

    /** A host names the types of the engines that it has, so each engine counts for itself. */
    @ArchTest
    static void anEngineExportsADatabaseAndAtMostTwoOtherTypes(JavaClasses all) {
        assertThat(exportedTypes(all, name -> name.startsWith(ENGINES)).stream()
                        .collect(Collectors.groupingBy(name -> name.substring(0, name.lastIndexOf('.'))))
                        .values())
                .isNotEmpty()
                .allSatisfy(types -> assertThat(types).hasSizeLessThanOrEqualTo(3));
    }

    private static List<String> exportedTypes(JavaClasses all, Predicate<String> inPackage) {
        Set<String> exported = exportedPackages();
        return all.stream()
                .filter(type -> exported.contains(type.getPackageName()) && inPackage.test(type.getPackageName()))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.isTopLevelClass())
                .filter(type -> !isClosedToHosts(type, exported))
                .map(JavaClass::getName)
                .sorted()
                .toList();
    }

    /** The service of a room: who makes one needs what only the manager can name, and no host is ever given one. */
    private static boolean isClosedToHosts(JavaClass type, Set<String> exported) {
        List<JavaConstructor> constructors = type.getConstructors().stream()
                .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                .toList();
        return !constructors.isEmpty()
                && constructors.stream()
                        .allMatch(each -> each.getRawParameterTypes().stream()
                                .anyMatch(
                                        parameter -> parameter.getPackageName().startsWith("io.kvbackup")
                                                && !exported.contains(parameter.getPackageName())));
    }

    private static Set<String> exportedPackages() {
        Path classes = Path.of(URI.create(BackupManager.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            return ModuleDescriptor.read(in).exports().stream()
                    .filter(each -> !each.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
