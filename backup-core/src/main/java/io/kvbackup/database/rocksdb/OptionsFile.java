package io.kvbackup.database.rocksdb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What RocksDB's options file tells of the options that the Java API does not: RocksDB writes a new one whenever
 * options change, or families are created or dropped, and keeps the last but one.
 *
 * @param number the later the greater
 * @param database options of the whole
 * @param families options by column family
 */
record OptionsFile(long number, Map<String, String> database, Map<String, Map<String, String>> families) {
    static final String BYTEWISE = "leveldb.BytewiseComparator";
    private static final String PREFIX = "OPTIONS-";
    private static final Pattern SECTION = Pattern.compile("\\[(\\w+)(?: \"(.*)\")?]");

    /** Empty if there is none. */
    static Optional<OptionsFile> latest(Path database) throws IOException {
        if (!Files.isDirectory(database)) {
            throw new IOException(
                    "cannot describe the RocksDB " + database + ": there is no such folder; only a RocksDB in"
                            + " the default file system can be backed up, not one of another Env such as "
                            + "RocksMemEnv, and it must not be moved while it is open");
        }
        NavigableMap<Long, OptionsFile> last = since(database, Long.MIN_VALUE);
        return last.isEmpty() ? Optional.empty() : Optional.of(last.lastEntry().getValue());
    }

    /** Refuses families in another order than that of backups, as far as the file tells. */
    static void requireBytewise(Path database, Collection<String> families) throws IOException {
        Optional<OptionsFile> options = latest(database);
        for (String family : families) {
            String comparator = options.map(file -> file.ofFamily(family, "comparator", BYTEWISE))
                    .orElse(BYTEWISE);
            if (!comparator.equals(BYTEWISE)) {
                throw new IOException("column family " + family + " is ordered by " + comparator
                        + "; only families with RocksDB's default comparator can be backed up");
            }
        }
    }

    /** Those with a greater number that are still there. */
    static NavigableMap<Long, OptionsFile> since(Path database, long number) throws IOException {
        NavigableMap<Long, OptionsFile> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(database, PREFIX + "*")) {
            for (Path file : files) {
                long its = number(file);
                if (its >= 0 && its > number) {
                    read(file, its).ifPresent(options -> found.put(its, options));
                }
            }
        }
        return found;
    }

    private static Optional<OptionsFile> read(Path file, long number) throws IOException {
        Map<String, String> database = new HashMap<>();
        Map<String, Map<String, String>> families = new HashMap<>();
        Map<String, String> section = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String text = line.strip();
                Matcher head = SECTION.matcher(text);
                int equals = text.indexOf('=');
                if (head.matches()) {
                    section = switch (head.group(1)) {
                        case "DBOptions" -> database;
                        case "CFOptions" -> families.computeIfAbsent(head.group(2), name -> new HashMap<>());
                        default -> new HashMap<>();
                    };
                } else if (equals > 0) {
                    section.put(text.substring(0, equals), text.substring(equals + 1));
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(new OptionsFile(number, database, families));
    }

    private static long number(Path file) {
        String digits = file.getFileName().toString().substring(PREFIX.length());
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
    }

    String ofDatabase(String option, String otherwise) {
        return database.getOrDefault(option, otherwise);
    }

    String ofFamily(String family, String option, String otherwise) {
        return families.getOrDefault(family, Map.of()).getOrDefault(option, otherwise);
    }
}
