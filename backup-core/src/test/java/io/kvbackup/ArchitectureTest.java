package io.kvbackup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

@AnalyzeClasses(packages = "io.kvbackup", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINES = "io.kvbackup.database.";

    @ArchTest
    static final ArchRule layersPointDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("facade")
            .definedBy("io.kvbackup")
            .layer("job")
            .definedBy("io.kvbackup.job")
            .layer("repository")
            .definedBy("io.kvbackup.repository..")
            .layer("format")
            .definedBy("io.kvbackup.format")
            .layer("tree format")
            .definedBy("io.kvbackup.format.tree")
            .layer("database")
            .definedBy("io.kvbackup.database..")
            .layer("objectstore")
            .definedBy("io.kvbackup.objectstore")
            .layer("storage")
            .definedBy("io.kvbackup.storage")
            .layer("pipeline")
            .definedBy("io.kvbackup.pipeline")
            .layer("retention")
            .definedBy("io.kvbackup.retention")
            .layer("encryption")
            .definedBy("io.kvbackup.encryption")
            .layer("model")
            .definedBy("io.kvbackup.model")
            .layer("claim")
            .definedBy("io.kvbackup.claim")
            .layer("micrometer")
            .definedBy("io.kvbackup.micrometer")
            .whereLayer("micrometer")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("facade")
            .mayOnlyBeAccessedByLayers("micrometer")
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("facade")
            .whereLayer("repository")
            .mayOnlyBeAccessedByLayers("facade", "job")
            .whereLayer("format")
            .mayOnlyBeAccessedByLayers("facade", "job", "repository")
            .whereLayer("tree format")
            .mayOnlyBeAccessedByLayers("repository", "format")
            .whereLayer("database")
            .mayOnlyBeAccessedByLayers("facade", "repository", "format", "tree format")
            .whereLayer("pipeline")
            .mayOnlyBeAccessedByLayers("facade", "repository", "format", "tree format")
            .whereLayer("objectstore")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("facade", "job", "repository", "objectstore")
            .whereLayer("claim")
            .mayOnlyBeAccessedByLayers("facade", "job", "repository", "database", "storage")
            .whereLayer("retention")
            .mayOnlyBeAccessedByLayers("facade", "job", "repository")
            .whereLayer("encryption")
            .mayOnlyBeAccessedByLayers("facade", "repository", "format")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers(
                    "micrometer",
                    "facade",
                    "job",
                    "repository",
                    "format",
                    "tree format",
                    "database",
                    "pipeline",
                    "retention");

    @ArchTest
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

        assertThat(types).as("exported types").hasSizeLessThanOrEqualTo(100).contains("io.kvbackup.BackupManager");
    }

    /** A host names the types of the engines that it has, so each engine counts for itself. */
    @ArchTest
    static void anEngineExportsADatabaseAndAtMostOneOtherType(JavaClasses all) {
        assertThat(exportedTypes(all, name -> name.startsWith(ENGINES)).stream()
                        .collect(Collectors.groupingBy(name -> name.substring(0, name.lastIndexOf('.'))))
                        .values())
                .isNotEmpty()
                .allSatisfy(types -> assertThat(types).hasSizeLessThanOrEqualTo(2));
    }

    private static List<String> exportedTypes(JavaClasses all, Predicate<String> inPackage) {
        Set<String> exported = exportedPackages();
        return all.stream()
                .filter(type -> exported.contains(type.getPackageName()) && inPackage.test(type.getPackageName()))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.isTopLevelClass())
                .map(JavaClass::getName)
                .sorted()
                .toList();
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
