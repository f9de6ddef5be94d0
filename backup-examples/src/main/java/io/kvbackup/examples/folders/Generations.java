package io.kvbackup.examples.folders;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * The plain folders of one section: the newest backup at {@code dest}, older ones at {@code dest_YYYYMMDD}. A new one
 * is made beside them and moved in when it is whole. A file of its own remembers which folders were made here: only
 * those are ever removed. After a crash {@link #recover} completes what was begun.
 */
final class Generations {
    private static final String FRESH_DAY = "fresh.day";
    private static final String OURS = "ours";
    private static final String OLDER = "older";
    private static final String RETIRED = "retired";

    private final Section section;
    private final ConfigFile config;
    private final Path record;
    private final Path dest;
    private final Path fresh;
    private final Path retired;

    Generations(Section section, ConfigFile config, Path states) {
        this.section = section;
        this.config = config;
        this.record = states.resolve(section.name() + ".properties");
        this.dest = section.dest();
        this.fresh = fresh(section);
        this.retired = dest.resolveSibling("." + dest.getFileName() + ".retired");
    }

    /** Where the next backup is restored to, before it takes the place of the newest. */
    static Path fresh(Section section) {
        return section.dest().resolveSibling("." + section.dest().getFileName() + ".fresh");
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Completes a change that a crash has cut off; called at start and before each backup. */
    void recover() throws IOException {
        Properties known = read();
        String day = known.getProperty(FRESH_DAY, "");
        if (!exists(dest) && exists(fresh) && !day.isEmpty()) {
            moveIn(known, LocalDate.parse(day, Section.DAY));
        }
        removeRetired(known);
    }

    /** Makes the fresh folder, which is whole, the newest backup. */
    void publish(LocalDate today) throws IOException {
        Properties known = read();
        known.setProperty(FRESH_DAY, today.format(Section.DAY));
        if (exists(dest)) {
            retire(known, today);
        }
        moveIn(known, today);
        removeOld(known);
        removeRetired(known);
    }

    private void retire(Properties known, LocalDate today) throws IOException {
        boolean ours = Boolean.parseBoolean(known.getProperty(OURS));
        LocalDate day = section.dateLast().orElse(today);
        if (ours && (section.keepCount() == 0 || day.equals(today))) {
            moveOut(known, dest);
            return;
        }
        Path older = dest.resolveSibling(dest.getFileName() + "_" + day.format(Section.DAY));
        Set<String> olders = olders(known);
        String name = older.getFileName().toString();
        if (exists(older)) {
            if (!olders.contains(name)) {
                throw new IOException("cannot keep the backup of " + day + ": " + older
                        + " exists and was not made by this server; move it elsewhere");
            }
            moveOut(known, older);
        }
        if (ours) {
            olders.add(name);
            known.setProperty(OLDER, String.join("/", olders));
        }
        write(known);
        if (Files.isDirectory(dest, LinkOption.NOFOLLOW_LINKS)) {
            SharedFiles.share(dest, fresh);
        }
        DurableFiles.move(dest, older);
    }

    private void moveOut(Properties known, Path folder) throws IOException {
        known.setProperty(RETIRED, "true");
        write(known);
        DurableFiles.move(folder, retired);
    }

    private void removeRetired(Properties known) throws IOException {
        if (known.remove(RETIRED) != null) {
            DurableFiles.delete(retired);
            write(known);
        }
    }

    private void moveIn(Properties known, LocalDate day) throws IOException {
        known.setProperty(OURS, "true");
        write(known);
        config.setDateLast(section.name(), day);
        DurableFiles.move(fresh, dest);
    }

    private void removeOld(Properties known) throws IOException {
        Set<String> olders = olders(known);
        for (String name : olders.stream()
                .sorted(Comparator.reverseOrder())
                .skip(section.keepCount())
                .toList()) {
            DurableFiles.delete(dest.resolveSibling(name));
            olders.remove(name);
        }
        known.setProperty(OLDER, String.join("/", olders));
        known.remove(FRESH_DAY);
        write(known);
    }

    private static Set<String> olders(Properties known) {
        TreeSet<String> names =
                new TreeSet<>(Arrays.asList(known.getProperty(OLDER, "").split("/", -1)));
        names.remove("");
        return names;
    }

    private Properties read() throws IOException {
        Properties known = new Properties();
        if (Files.exists(record)) {
            try (Reader reader = Files.newBufferedReader(record)) {
                known.load(reader);
            }
        }
        return known;
    }

    private void write(Properties known) throws IOException {
        Files.createDirectories(Optional.ofNullable(record.getParent()).orElseThrow());
        StringWriter text = new StringWriter();
        known.store(text, "The folders that were made for section " + section.name());
        DurableFiles.write(record, text.toString());
    }
}
