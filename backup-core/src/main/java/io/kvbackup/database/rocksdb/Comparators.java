package io.kvbackup.database.rocksdb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The comparators of column families, which the Java API does not tell, from the options file that RocksDB keeps. */
final class Comparators {
    private static final String BYTEWISE = "leveldb.BytewiseComparator";
    private static final Pattern SECTION = Pattern.compile("\\[(\\w+)(?: \"(.*)\")?]");

    private Comparators() {}

    /** Names of comparators by column family; empty if there is no options file. */
    private static Map<String, String> of(Path database) throws IOException {
        Optional<Path> latest = latestOptions(database);
        if (latest.isEmpty()) {
            return Map.of();
        }
        Map<String, String> comparators = new HashMap<>();
        String family = null;
        try {
            for (String line : Files.readAllLines(latest.get())) {
                Matcher section = SECTION.matcher(line.strip());
                if (section.matches()) {
                    family = section.group(1).equals("CFOptions") ? section.group(2) : null;
                } else if (family != null && line.strip().startsWith("comparator=")) {
                    comparators.put(family, line.strip().substring("comparator=".length()));
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        return comparators;
    }

    /** Refuses families in another order than that of backups, as far as the options file tells. */
    static void requireBytewise(Path database, Collection<String> families) throws IOException {
        Map<String, String> comparators = of(database);
        for (String family : families) {
            String comparator = comparators.getOrDefault(family, BYTEWISE);
            if (!comparator.equals(BYTEWISE)) {
                throw new IOException("column family " + family + " is ordered by " + comparator
                        + "; only families with RocksDB's default comparator can be backed up");
            }
        }
    }

    private static Optional<Path> latestOptions(Path database) throws IOException {
        if (!Files.isDirectory(database)) {
            throw new IOException(
                    "cannot describe the RocksDB " + database + ": there is no such folder; only a RocksDB in"
                            + " the default file system can be backed up, not one of another Env such as "
                            + "RocksMemEnv, and it must not be moved while it is open");
        }
        TreeSet<Path> found = new TreeSet<>(Comparator.comparingLong(Comparators::number));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(database, "OPTIONS-*")) {
            for (Path file : files) {
                if (number(file) >= 0) {
                    found.add(file);
                }
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.last());
    }

    private static long number(Path file) {
        String digits = file.getFileName().toString().substring("OPTIONS-".length());
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
    }
}
