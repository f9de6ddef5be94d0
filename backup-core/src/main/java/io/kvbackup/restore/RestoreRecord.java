package io.kvbackup.restore;

import io.kvbackup.database.Database;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One restore on its way: what it has done lies on disk before it does more. Used by one thread. */
public final class RestoreRecord implements RestoreCommits, Closeable {
    private final RestoreIntents intents;
    private final String objectName;
    private final boolean whole;
    private final Map<String, Database> targets;
    private final Set<String> drop;
    private @Nullable RestoreIntent intent;

    RestoreRecord(
            RestoreIntents intents, String objectName, boolean whole, Collection<Database> targets, Set<String> drop) {
        this.intents = intents;
        this.objectName = objectName;
        this.whole = whole;
        this.targets = targets.stream().collect(Collectors.toMap(Database::name, Function.identity()));
        this.drop = drop;
    }

    @Override
    public void begin(List<String> databases) throws IOException {
        Set<Path> folders = intents.folders(targets.values());
        if (databases.size() + drop.size() < 2 || folders.isEmpty()) {
            return;
        }
        List<IntentFile.Member> members = new ArrayList<>();
        for (String name : databases) {
            Database target = targets.get(name);
            String place = target == null ? "" : RestoreIntents.placeName(target);
            members.add(new IntentFile.Member(name, place, false, false));
        }
        drop.forEach(name -> members.add(new IntentFile.Member(name, "", true, false)));
        intent = intents.write(objectName, whole, members, folders);
    }

    @Override
    public void committed(String database) throws IOException {
        if (intent != null) {
            intent.done(database);
        }
    }

    /**
     * Everything has been done, the dropping too: earlier restores of these databases that broke off do not matter any
     * more.
     */
    public void finish() throws IOException {
        intents.settle(targets.values(), whole, drop);
        if (intent != null) {
            intent.finish();
            intent = null;
        }
    }

    @Override
    public void close() throws IOException {
        if (intent != null) {
            intent.close();
        }
    }
}
