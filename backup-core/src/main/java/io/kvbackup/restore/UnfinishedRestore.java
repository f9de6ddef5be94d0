package io.kvbackup.restore;

import io.kvbackup.database.Database;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore of several databases that broke off.
 *
 * @param files where that is recorded
 */
record UnfinishedRestore(IntentFile content, List<Path> files) {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRestore.class);

    /** Empty if nothing is there, or nothing can be made of it, which is logged. */
    static Optional<UnfinishedRestore> read(Path file) {
        try {
            return Optional.of(new UnfinishedRestore(IntentFile.read(file), List.of(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            warn(file, e);
            return Optional.empty();
        }
    }

    static void warn(Path file, IOException why) {
        LOG.warn(
                "{}, which tells of a restore that broke off, cannot be read; look whether the databases beside it fit"
                        + " together, and remove it: {}",
                file,
                why.toString());
    }

    boolean isOf(Collection<Database> databases) {
        return content.members().stream().anyMatch(member -> databases.stream().anyMatch(each -> is(member, each)));
    }

    private static boolean is(IntentFile.Member member, Database database) {
        String place = RestoreIntents.placeName(database);
        return member.database().equals(database.name())
                && (member.place().equals(place) || member.place().isEmpty() || place.isEmpty());
    }

    /** The same restore, recorded in two folders: what one of them knows to be done is done. */
    UnfinishedRestore together(UnfinishedRestore other) {
        List<IntentFile.Member> members = new ArrayList<>();
        for (int i = 0; i < content.members().size(); i++) {
            IntentFile.Member mine = content.members().get(i);
            boolean done = mine.done()
                    || (i < other.content.members().size()
                            && other.content.members().get(i).done());
            members.add(new IntentFile.Member(mine.database(), mine.place(), mine.drop(), done));
        }
        return new UnfinishedRestore(
                new IntentFile(content.objectName(), content.begun(), content.whole(), members),
                Stream.concat(files.stream(), other.files.stream()).toList());
    }

    /** Marks what is as somebody wants it by now; true if nothing is left open. */
    boolean settle(Path file, Collection<Database> restored, boolean whole, Set<String> dropped) {
        List<IntentFile.Member> members = content.members();
        int open = 0;
        try {
            for (int i = 0; i < members.size(); i++) {
                IntentFile.Member member = members.get(i);
                boolean settled = member.drop()
                        ? dropped.contains(member.database())
                        : (whole || !content.whole()) && restored.stream().anyMatch(each -> is(member, each));
                if (settled && !member.done()) {
                    IntentFile.done(file, i, members.size());
                }
                open += settled || member.done() ? 0 : 1;
            }
        } catch (IOException e) {
            warn(file, e);
            return false;
        }
        return open == 0;
    }

    private List<String> names(Predicate<IntentFile.Member> which) {
        return content.members().stream()
                .filter(which)
                .map(IntentFile.Member::database)
                .toList();
    }

    /** One sentence for whoever has to decide. */
    @Override
    public String toString() {
        List<String> open = names(member -> !member.done() && !member.drop());
        List<String> toDrop = names(member -> !member.done() && member.drop());
        StringBuilder text = new StringBuilder("the restore of ").append(content.objectName());
        text.append(content.whole() ? "" : " (in part)").append(", begun at ").append(content.begun());
        text.append(", broke off: ")
                .append(names(member -> member.done() && !member.drop()))
                .append(" are restored");
        if (!open.isEmpty()) {
            text.append("; ").append(open.get(0)).append(" is either restored or as it was");
        }
        if (open.size() > 1) {
            text.append("; ").append(open.subList(1, open.size())).append(" are as they were");
        }
        if (!toDrop.isEmpty()) {
            text.append("; ").append(toDrop).append(" are not dropped");
        }
        return text.append(". Call restoreAllDatabases with the same backup and options to finish it, or restore the "
                        + "others")
                .append(" from a backup of your choice; to leave it at that, remove ")
                .append(files)
                .toString();
    }
}
