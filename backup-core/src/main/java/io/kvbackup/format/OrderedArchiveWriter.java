package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only whole archives through to a writer: calls in order, names unique, summary given and true. The writer below
 * gets the metadata last. After a failure nothing can be finished.
 */
final class OrderedArchiveWriter implements ArchiveWriter {
    private enum State {
        BETWEEN,
        IN_DATABASE,
        IN_SET,
        BROKEN,
        FINISHED
    }

    private final ArchiveShape shape;
    private final ArchiveWriter out;
    private final ArchiveTally tally = new ArchiveTally();
    private final Set<String> databases = new HashSet<>();
    private final Set<String> sets = new LinkedHashSet<>();
    private State state = State.BETWEEN;
    private String database = "";
    private @Nullable BackupMetadata metadata;

    OrderedArchiveWriter(ArchiveShape shape, ArchiveWriter out) {
        this.shape = shape;
        this.out = out;
    }

    @Override
    public void beginDatabase(String name) throws IOException {
        require(State.BETWEEN, "beginDatabase");
        require(shape == ArchiveShape.FULL || databases.isEmpty(), "an archive of one database takes no second one");
        require(databases.add(name), "database '" + name + "' is already in the archive");
        requireEncodable(name, "database name");
        database = name;
        sets.clear();
        tally.database();
        state = State.BROKEN;
        out.beginDatabase(name);
        state = State.IN_DATABASE;
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        require(State.IN_DATABASE, "beginSet");
        require(sets.add(header.name()), "set '" + header.name() + "' is already in database '" + database + "'");
        requireEncodable(header.name(), "database '" + database + "': set name");
        tally.set();
        state = State.BROKEN;
        EntryVisitor entries = out.beginSet(header);
        state = State.IN_SET;
        int set = tally.sets();
        return (key, value) -> {
            require(
                    state == State.IN_SET && set == tally.sets(),
                    "set '" + header.name() + "' is not open for entries");
            state = State.BROKEN;
            entries.visit(key, value);
            tally.entry();
            state = State.IN_SET;
        };
    }

    @Override
    public void endSet() throws IOException {
        require(State.IN_SET, "endSet");
        state = State.BROKEN;
        out.endSet();
        state = State.IN_DATABASE;
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        require(State.IN_DATABASE, "endDatabase");
        require(header.name().equals(database), "'" + header.name() + "' ends while '" + database + "' is open");
        require(
                header.sets().keySet().equals(sets),
                "database '" + database + "' has sets " + header.sets().keySet() + ", but " + sets + " were written");
        requireEncodable(header);
        state = State.BROKEN;
        out.endDatabase(header);
        state = State.BETWEEN;
    }

    @Override
    public void metadata(BackupMetadata summary) {
        require(State.BETWEEN, "metadata");
        require(shape == ArchiveShape.FULL, "an archive of one database has no metadata");
        require(metadata == null, "the archive has metadata already");
        metadata = summary;
    }

    @Override
    public void finish() throws IOException {
        require(State.BETWEEN, "finish");
        state = State.BROKEN;
        if (shape == ArchiveShape.FULL) {
            BackupMetadata summary = metadata;
            if (summary == null) {
                throw new IllegalStateException("an archive of all databases needs metadata before finish()");
            }
            tally.difference(summary).ifPresent(difference -> require(false, difference));
            out.metadata(summary);
        } else {
            require(tally.databases() == 1, "an archive of one database cannot be finished without it");
        }
        out.finish();
        state = State.FINISHED;
    }

    private void require(State needed, String call) {
        require(state == needed, call + "() is not allowed now: the archive is " + state);
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalStateException(complaint);
        }
    }

    private static void requireEncodable(DatabaseBackup header) throws IOException {
        for (IndexBackup index : header.indexes().values()) {
            for (String part : List.of(index.name(), index.setName(), index.field(), "" + index.sortFields())) {
                requireEncodable(part, "database '" + header.name() + "': index name or field");
            }
        }
        AuthBackup auth = header.auth();
        if (auth != null) {
            requireEncodable(auth.username(), "database '" + header.name() + "': username");
            require(canEncode(auth.password()), "database '" + header.name() + "': the password is not valid Unicode");
        }
    }

    private static boolean canEncode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static void requireEncodable(String name, String what) throws IOException {
        if (!canEncode(name)) {
            throw new IOException(what + " '" + name
                    + "' has a surrogate without its partner and cannot be written as UTF-8; rename it");
        }
    }
}
