package io.kvbackup.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.micrometer.BackupMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class KvbackupAutoConfigurationTest {
    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        Database orders() {
            ConcurrentSkipListMap<String, String> items = new ConcurrentSkipListMap<>(Map.of("a", "1"));
            return MapDatabase.builder("orders")
                    .set("items", items, Codec.utf8(), Codec.utf8())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Metered extends Application {
        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        KvbackupAutoConfiguration.class,
                        KvbackupHealthAutoConfiguration.class,
                        KvbackupMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "kvbackup.storage=" + folder.resolve("backups").toUri());
    }

    @Test
    void aManagerIsMadeOfPropertiesAndDatabases() {
        runner().withUserConfiguration(Application.class)
                .withPropertyValues("kvbackup.format=json.gz", "kvbackup.uploadLimit=8MiB")
                .run(context -> {
                    BackupManager manager = context.getBean(BackupManager.class);
                    assertThat(manager.databaseNames()).containsExactly("orders");
                    assertThat(manager.backupDatabase("orders").objectName()).endsWith(".json.gz");
                    assertThat(Files.isDirectory(folder.resolve("backups"))).isTrue();
                });
    }

    @Test
    void variablesCountToo() {
        runner().withUserConfiguration(Application.class)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        Map.of("KVBACKUP_FORMAT", "cbor.gz"))))
                .run(context -> assertThat(context.getBean(BackupManager.class)
                                .backupDatabase("orders")
                                .objectName())
                        .endsWith(".cbor.gz"));
    }

    @Test
    void anUnknownPropertyEndsTheStartWithItsName() {
        runner().withUserConfiguration(Application.class)
                .withPropertyValues("kvbackup.formt=json")
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("kvbackup.formt"));
    }

    @Test
    void nothingIsMadeWithoutDatabasesOrWhenTurnedOff() {
        runner().run(context -> assertThat(context).doesNotHaveBean(BackupManager.class));
        runner().withUserConfiguration(Application.class)
                .withPropertyValues("kvbackup.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(BackupManager.class));
    }

    @Test
    void anApplicationCustomizesTheManagerOrMakesItsOwn() {
        runner().withUserConfiguration(Application.class)
                .withBean(BackupManagerCustomizer.class, () -> builder -> builder.format("json.bz2"))
                .run(context -> assertThat(context.getBean(BackupManager.class)
                                .backupDatabase("orders")
                                .objectName())
                        .endsWith(".json.bz2"));
        BackupManager own = manager();
        runner().withUserConfiguration(Application.class)
                .withBean("own", BackupManager.class, () -> own)
                .run(context -> assertThat(context.getBean(BackupManager.class)).isSameAs(own));
    }

    private static BackupManager manager() {
        try {
            return BackupManager.builder().storage("mem:spring").build();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void healthIsDownWithoutAStoreAndWarnsUntilThereIsABackup() {
        runner().withUserConfiguration(Application.class)
                .run(context -> assertThat(status(context.getBean(HealthIndicator.class)))
                        .isEqualTo(Status.DOWN));
        runner().withUserConfiguration(Application.class)
                .withPropertyValues("kvbackup.createStore=true")
                .run(context -> {
                    HealthIndicator indicator = context.getBean(HealthIndicator.class);
                    assertThat(status(indicator)).isEqualTo(KvbackupHealthIndicator.WARNING);
                    context.getBean(BackupManager.class).backupDatabase("orders");
                    assertThat(status(indicator)).isEqualTo(Status.UP);
                    Health health = indicator.health();
                    assertThat(health).isNotNull();
                    assertThat(health.getDetails().get("databases").toString()).contains("orders=backups/orders/");
                });
    }

    private static Status status(HealthIndicator indicator) {
        Health health = indicator.health();
        assertThat(health).isNotNull();
        return health.getStatus();
    }

    @Test
    void metersCountBackupsAndShowTheirAge() {
        runner().withUserConfiguration(Metered.class).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(context).hasSingleBean(BackupMetrics.class);
            context.getBean(BackupManager.class).backupDatabase("orders");
            assertThat(registry.get("kvbackup.backup.duration")
                            .tags("kind", "backup", "database", "orders")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.find("kvbackup.store.reachable").gauge()).isNotNull();
        });
    }

    @Test
    void plainApplicationsNeedNeitherHealthNorMeters() {
        runner().withUserConfiguration(Application.class)
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class, MeterRegistry.class))
                .run(context ->
                        assertThat(context).hasSingleBean(BackupManager.class).doesNotHaveBean(HealthIndicator.class));
    }
}
