package io.kvbackup.spring;

import io.kvbackup.BackupManager;
import io.kvbackup.micrometer.BackupMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of backups, where the application has a registry. */
@AutoConfiguration(
        after = KvbackupAutoConfiguration.class,
        afterName = {
            KvbackupMetricsAutoConfiguration.METRICS + "CompositeMeterRegistryAutoConfiguration",
            KvbackupMetricsAutoConfiguration.METRICS + "export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, BackupManager.class})
public class KvbackupMetricsAutoConfiguration {
    static final String METRICS = "org.springframework.boot.micrometer.metrics.autoconfigure.";

    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    /** A listener, so the manager that is made of properties has it. */
    @Bean
    @ConditionalOnMissingBean
    public BackupMetrics kvbackupMetrics(MeterRegistry registry) {
        return new BackupMetrics(registry);
    }

    /** The manager is made with the meters, so these begin to watch it when all is there. */
    @Bean
    public SmartInitializingSingleton kvbackupMetricsWatch(BackupMetrics metrics, BackupManager manager) {
        return () -> metrics.watch(manager, MAX_AGE);
    }
}
