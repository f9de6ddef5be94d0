package io.kvbackup.spring;

import io.kvbackup.BackupManager;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health of backups, where the application shows health; {@code management.health.kvbackup.enabled} turns it off. */
@AutoConfiguration(after = KvbackupAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(BackupManager.class)
public class KvbackupHealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "kvbackupHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("kvbackup")
    public HealthIndicator kvbackupHealthIndicator(BackupManager manager) {
        return new KvbackupHealthIndicator(manager);
    }
}
