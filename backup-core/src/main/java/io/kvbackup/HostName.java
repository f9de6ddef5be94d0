package io.kvbackup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The name of this machine, for people. Asks no name server, which could take long. */
final class HostName {
    private static final List<String> VARIABLES = List.of("HOSTNAME", "COMPUTERNAME");
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    static String find() {
        for (String variable : VARIABLES) {
            String name = System.getenv(variable);
            if (name != null && !name.isBlank()) {
                return name.strip();
            }
        }
        try {
            String name = Files.readString(KERNEL).strip();
            return name.isEmpty() ? "unknown" : name;
        } catch (IOException | RuntimeException e) {
            return "unknown";
        }
    }
}
