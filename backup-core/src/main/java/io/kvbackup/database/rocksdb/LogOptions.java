package io.kvbackup.database.rocksdb;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells whether a RocksDB is open with options under which its log can be replicated. */
final class LogOptions {
    private LogOptions() {}

    /** Fails, and says what to change, unless the log holds all batches in order and long enough. */
    static void requireReadable(String database, OptionsFile options) throws IOException {
        List<String> wrong = Stream.of(
                        mustBe(options, "unordered_write", "false"),
                        mustBe(options, "two_write_queues", "false"),
                        mustBe(options, "allow_2pc", "false"),
                        mustBe(options, "recycle_log_file_num", "0"),
                        mustKeepLog(options))
                .flatMap(Optional::stream)
                .toList();
        if (!wrong.isEmpty()) {
            throw new IOException(
                    "cannot replicate database " + database + ": open its RocksDB with " + String.join(", ", wrong));
        }
    }

    private static Optional<String> mustBe(OptionsFile options, String option, String value) {
        String is = options.ofDatabase(option, value);
        return is.equals(value) ? Optional.empty() : Optional.of(option + "=" + value + " (it is " + is + ")");
    }

    private static Optional<String> mustKeepLog(OptionsFile options) {
        boolean kept = !options.ofDatabase("WAL_ttl_seconds", "0").equals("0")
                || !options.ofDatabase("WAL_size_limit_MB", "0").equals("0");
        return kept ? Optional.empty() : Optional.of("WAL_ttl_seconds=3600 (it is 0, and so is WAL_size_limit_MB)");
    }

    static boolean isFifo(OptionsFile options, String family) {
        return options.ofFamily(family, "compaction_style", "").equals("kCompactionStyleFIFO");
    }

    /** What removes entries of a family in compactions; empty if nothing. */
    static Optional<String> dropsEntries(OptionsFile options, String family) {
        if (isFifo(options, family)) {
            return Optional.of("compaction_style=kCompactionStyleFIFO");
        }
        return Stream.of("compaction_filter", "compaction_filter_factory")
                .filter(option -> !options.ofFamily(family, option, "nullptr").equals("nullptr"))
                .findFirst();
    }
}
