package io.kvbackup.spring;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.Database;
import io.kvbackup.event.BackupListener;
import java.io.IOException;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Makes one {@link BackupManager} of all beans of type {@link Database} and the properties named {@code kvbackup.…},
 * unless the application has a manager of its own or sets {@code kvbackup.enabled=false}. It is closed, and waits for
 * running jobs, before the databases are. See {@code docs/guide/spring-boot.md}.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "kvbackup.enabled", matchIfMissing = true)
public class KvbackupAutoConfiguration {
    /**
     * @param databases those of the application; the manager depends on them, so that it is closed before they are
     * @throws IOException if the store cannot be opened, for example
     */
    @Bean(destroyMethod = "close")
    @ConditionalOnBean(Database.class)
    @ConditionalOnMissingBean
    public BackupManager backupManager(
            List<Database> databases,
            ObjectProvider<BackupListener> listeners,
            ObjectProvider<BackupManagerCustomizer> customizers,
            ConfigurableEnvironment environment)
            throws IOException {
        BackupManagerBuilder builder = BackupManager.builder();
        databases.forEach(builder::database);
        listeners.orderedStream().forEach(builder::listener);
        for (BackupManagerCustomizer customizer : customizers.orderedStream().toList()) {
            customizer.customize(builder);
        }
        return builder.properties(KvbackupProperties.of(environment))
                .environment(KvbackupProperties.variables(environment))
                .build();
    }
}
