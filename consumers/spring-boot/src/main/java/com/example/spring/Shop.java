package com.example.spring;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application as a stranger writes it: its database is a bean, the rest is in application.properties. */
@SpringBootApplication
public class Shop {
    @Bean
    ConcurrentMap<String, String> orders() {
        return new ConcurrentSkipListMap<>();
    }

    @Bean
    Database ordersDatabase(ConcurrentMap<String, String> orders) {
        return MapDatabase.builder("orders")
                .set("items", orders, Codec.utf8(), Codec.utf8())
                .build();
    }

    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }
}
