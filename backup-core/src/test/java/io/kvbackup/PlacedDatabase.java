package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A database that lies in a file, as far as others know, and tells what happens around its commits. */
final class PlacedDatabase implements Database {
    /** What a test does at some moment; throwing ends the commit. */
    interface Moment {
        Moment NONE = what -> {};

        void reached(String what) throws IOException;
    }

    private final Database content;
    private final List<Place> places;
    private final Moment moment;

    PlacedDatabase(Database content, Path place, Moment moment) {
        this(content, List.of(Place.shared(place)), moment);
    }

    /** Where the database itself says that it lies. */
    PlacedDatabase(Database content, Moment moment) {
        this(content, content.places(), moment);
    }

    private PlacedDatabase(Database content, List<Place> places, Moment moment) {
        this.content = content;
        this.places = places;
        this.moment = moment;
    }

    @Override
    public String name() {
        return content.name();
    }

    @Override
    public List<Place> places() {
        return places;
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return content.openSnapshot();
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        DatabaseRestore restore = content.beginRestore(header);
        return new DatabaseRestore() {
            @Override
            public EntryVisitor set(String name) throws IOException {
                return restore.set(name);
            }

            @Override
            public void commit() throws IOException {
                moment.reached("before " + name());
                restore.commit();
                moment.reached("after " + name());
            }

            @Override
            public void close() throws IOException {
                restore.close();
            }
        };
    }
}
