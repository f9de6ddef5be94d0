package io.kvbackup.database.sqlite;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables of key and value in an SQLite database as the sets of a database.
 *
 * <p>Such a table has two columns of type TEXT or BLOB (or none), one of which is the primary key; text keys have the
 * BINARY collation, in a UTF-8 database. Declare it {@code WITHOUT ROWID}, which makes it scan in key order. Each value
 * has the storage class that its column says; NULL, numbers and the like end the backup.
 *
 * <p><b>Snapshots</b> are read transactions: one instant for all tables. <b>In WAL mode writers do not wait</b>, but
 * the log grows until the snapshot is closed. <b>Without WAL, writers cannot commit</b> while a snapshot is open; they
 * get {@code SQLITE_BUSY} after their timeout.
 *
 * <p><b>Restore.</b> Entries are staged in temporary tables, in SQLite's temporary folder, then replace the rows of the
 * live ones in one transaction: other connections, and a crash, see the old or the new rows of all tables. Schema,
 * indexes and views stay. No other table changes: foreign keys do not act and triggers do not run, but a restore that
 * would break a reference is refused. The host ends its write transactions before a commit.
 *
 * <p>Safe for use by several threads. Each snapshot and restore has a connection of its own, and closes it.
 */
public final class SqliteDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    private static final int BUSY_MILLIS = 30_000;

    /** {@code SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI}. */
    private static final String READ_WRITE_URI = String.valueOf(0x02 | 0x40);

    @FunctionalInterface
    private interface Connector {
        Connection connect() throws IOException, SQLException;
    }

    private final String name;
    private final Connector connector;
    private final @Nullable Path file;
    private volatile @Nullable List<Place> places;
    private final Set<String> chosen;
    private final CommitSteps steps;
    private @Nullable SqliteChangeLog changes;

    private SqliteDatabase(
            String name,
            Connector connector,
            @Nullable Path file,
            @Nullable List<Place> places,
            Set<String> chosen,
            CommitSteps steps) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a database needs a name");
        }
        this.name = name;
        this.connector = connector;
        this.file = file;
        this.places = places;
        this.chosen = chosen;
        this.steps = steps;
    }

    /**
     * The tables of a file; it must exist when a snapshot or restore begins.
     *
     * @param tables those that are sets; all if none is given, and then each must be of key and value
     */
    public static SqliteDatabase of(String name, Path file, String... tables) {
        Objects.requireNonNull(file, "file");
        return new SqliteDatabase(
                name, () -> open(file), file, List.of(Place.shared(file)), distinct(tables), CommitSteps.IGNORED);
    }

    /**
     * The tables of the database to which a data source connects; its connections are used one at a time for each
     * snapshot and restore, in auto-commit mode, and closed.
     *
     * @param tables those that are sets; all if none is given, and then each must be of key and value
     */
    @SuppressWarnings("exports") // only hosts that have data sources call this, and they require java.sql themselves
    public static SqliteDatabase of(String name, DataSource source, String... tables) {
        Objects.requireNonNull(source, "source");
        return new SqliteDatabase(name, source::getConnection, null, null, distinct(tables), CommitSteps.IGNORED);
    }

    private static Set<String> distinct(String... tables) {
        Set<String> distinct = new LinkedHashSet<>(List.of(tables));
        if (distinct.size() < tables.length) {
            throw new IllegalArgumentException("a table is given twice: " + List.of(tables));
        }
        return distinct;
    }

    /**
     * The same with a change log, so that it can be replicated: triggers on its tables note the key of each row that is
     * written, in a table {@code kvbackup_changes}, whichever connection writes. They cost a row for each change, which
     * goes when it has been read. A change of the schema, or a restore, ends what can be read from it.
     *
     * <p>Writers need a {@code busy_timeout}, as the driver has by default, since read notes are dropped in short write
     * transactions. Connections with triggers switched off are not seen.
     *
     * @throws IOException if the tables are not there yet, or one has another unique index than its key, by which
     *     {@code INSERT OR REPLACE} removes rows that no trigger sees
     */
    public SqliteDatabase withChangeLog() throws IOException {
        SqliteDatabase logged = new SqliteDatabase(name, connector, file, places, chosen, steps);
        logged.changes = SqliteChangeLog.of(logged, Clock.systemUTC());
        return logged;
    }

    /** {@inheritDoc} There is one if it was asked for by {@link #withChangeLog}. */
    @Override
    public Optional<ChangeLog> changeLog() {
        return Optional.ofNullable(changes);
    }

    Map<String, Table> tables(Connection connection) throws IOException, SQLException {
        return new Schema(connection).tables(chosen);
    }

    /** What tells the file from another one of the same name; {@code null} of a data source. */
    @Nullable
    Object fileKey() throws IOException {
        return file == null
                ? null
                : Objects.requireNonNullElse(
                        Files.readAttributes(file, BasicFileAttributes.class).fileKey(), file);
    }

    SqliteDatabase withSteps(CommitSteps told) {
        return new SqliteDatabase(name, connector, file, places, chosen, told);
    }

    static Connection open(Path file) throws IOException, SQLException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such SQLite database");
        }
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", String.valueOf(BUSY_MILLIS));
        // Without this the driver makes a file that goes after it was seen.
        properties.setProperty("open_mode", READ_WRITE_URI);
        return DriverManager.getConnection("jdbc:sqlite:" + SqliteUri.of(file), properties);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws NoSuchFileException if there is no such file
     */
    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return connected("open a snapshot of database " + name, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
            }
            // The first read fixes what the transaction sees.
            Map<String, Table> tables = tables(connection);
            List<SetBackup> sets = tables.values().stream().map(Table::header).toList();
            Optional<ChangeLog.Span> span = changes == null
                    ? Optional.empty()
                    : Optional.of(ChangeLog.Span.exact(new ChangeTable(connection).position()));
            return new SqliteSnapshot(connection, DatabaseBackup.of(name, sets, List.of(), null), tables, span);
        });
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return begin(header, KeyRange.all());
    }

    /** {@inheritDoc} Rows with other keys are not touched. */
    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(begin(header, keys));
    }

    private DatabaseRestore begin(DatabaseBackup header, KeyRange keys) throws IOException {
        return connected("begin a restore of database " + name, connection -> {
            Map<String, Table> tables = tables(connection);
            Set<String> unknown = new TreeSet<>(header.sets().keySet());
            unknown.removeAll(tables.keySet());
            if (!unknown.isEmpty()) {
                throw new IOException("cannot restore database " + name + ": it has no tables " + unknown + "; it has "
                        + tables.keySet() + ": create the missing ones, or choose among its tables");
            }
            if (places == null) {
                // Asked for later, a pool may have no other connection to give.
                places = placesOf(connection);
            }
            return new SqliteRestore(header, keys, connection, tables, steps);
        });
    }

    /** {@inheritDoc} A file of its own with the same tables, constraints and indexes. */
    @Override
    public Optional<ScratchFactory> scratch(Path folder) {
        return Optional.of(header -> like(header, Files.createTempFile(folder, "scratch-", ".db")));
    }

    private Database like(DatabaseBackup header, Path file) throws IOException {
        List<String> schema = connected("read the schema of database " + name, connection -> {
            try (connection) {
                return new Schema(connection).sql(chosen);
            }
        });
        try (Connection connection = open(file);
                Statement statement = connection.createStatement()) {
            for (String create : schema) {
                statement.execute(create);
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate("make a scratch database like " + name, e);
        }
        return new SqliteDatabase(header.name(), () -> open(file), file, List.of(), chosen, CommitSteps.IGNORED);
    }

    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws IOException, SQLException;
    }

    /** What the work returns takes over the connection. */
    @SuppressWarnings("MustBeClosedChecker") // closed here only if nobody takes it over
    <T> T connected(String operation, Work<T> work) throws IOException {
        Connection connection = null;
        try {
            connection = connector.connect();
            if (!connection.getAutoCommit()) {
                throw new IOException("cannot " + operation + ": the data source gives connections that are not in"
                        + " auto-commit mode; transactions begin and end here, so give one that does");
            }
            return work.on(connection);
        } catch (SQLException e) {
            closeAfter(connection, e);
            throw SqliteErrors.translate(operation, e);
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(connection, e);
            throw e;
        }
    }

    private static void closeAfter(@Nullable Connection connection, Throwable failure) {
        if (connection != null) {
            try (connection) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("ROLLBACK");
                }
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * {@inheritDoc} What a data source connects to is asked of its first connection; none if that cannot be had now.
     */
    @Override
    public List<Place> places() {
        List<Place> known = places;
        if (known != null) {
            return known;
        }
        try {
            List<Place> found = connected("find the file of database " + name, connection -> {
                try (connection) {
                    return placesOf(connection);
                }
            });
            places = found;
            return found;
        } catch (IOException e) {
            LOG.debug("Where database {} lies is not known: {}", name, e.toString());
            return List.of();
        }
    }

    /** None of one in memory. */
    private static List<Place> placesOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet files = statement.executeQuery("SELECT file FROM pragma_database_list WHERE name = 'main'")) {
            String file = files.next() ? files.getString(1) : null;
            return file == null || file.isEmpty() ? List.of() : List.of(Place.shared(Path.of(file)));
        }
    }

    @Override
    public String toString() {
        return "SqliteDatabase[" + name + (chosen.isEmpty() ? "" : ", tables=" + chosen) + "]";
    }
}
