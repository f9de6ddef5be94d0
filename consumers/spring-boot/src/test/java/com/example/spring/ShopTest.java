package com.example.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvbackup.BackupManager;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;

class ShopTest {
    @TempDir
    private Path folder;

    @SuppressWarnings("unchecked")
    @Test
    void anApplicationBacksUpAndRestores() throws Exception {
        SpringApplication application = new SpringApplication(Shop.class);
        application.setDefaultProperties(Map.of("kvbackup.storage", folder.toUri().toString()));
        try (ConfigurableApplicationContext context = application.run()) {
            ConcurrentMap<String, String> orders = context.getBean("orders", ConcurrentMap.class);
            BackupManager manager = context.getBean(BackupManager.class);
            orders.put("1", "tea");
            String backup = manager.backupDatabase("orders").objectName();
            assertTrue(backup.endsWith(".cbor.gz"), backup);
            orders.clear();
            manager.restoreDatabase(backup);
            assertEquals(Map.of("1", "tea"), orders);
            HealthIndicator health = context.getBean("kvbackupHealthIndicator", HealthIndicator.class);
            assertEquals("UP", health.health().getStatus().getCode());
        }
    }
}
