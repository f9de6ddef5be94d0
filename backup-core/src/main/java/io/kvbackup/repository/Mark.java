package io.kvbackup.repository;

import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is remembered of a backup besides its archive and manifest: the end of the name of an empty object beside it.
 * One listing tells all marks, and setting one needs no reading.
 */
public sealed interface Mark {
    /**
     * Kept whatever a retention policy says; an archive without manifest is not taken for the remains of a dead writer.
     */
    record Pinned() implements Mark {
        @Override
        public String suffix() {
            return ".pinned";
        }
    }

    /** A name that the host gave the backup. */
    record Tag(String name) implements Mark {
        @Override
        public String suffix() {
            return ".tag." + name;
        }
    }

    /** A verification; those with a number have it at the end, and those of older versions have none. */
    record Verified(Verification verification) implements Mark {
        @Override
        public String suffix() {
            return (verification.passed() ? ".verified." : ".failed.")
                    + verification.level() + "."
                    + stamp(verification.at()) + "."
                    + verification.took().toMillis()
                    + (verification.sequence() == 0 ? "" : "." + verification.sequence());
        }
    }

    /** A tombstone: from then on the backup is being removed. */
    record Removed(Instant at) implements Mark {
        @Override
        public String suffix() {
            return ".removed." + stamp(at);
        }
    }

    /** What the mark's name has after the archive's. */
    String suffix();

    /** The name of this mark beside an archive. */
    default String key(String archive) {
        return archive + suffix();
    }

    /** One of these is in the name of every mark. */
    List<String> KINDS = List.of(".pinned", ".tag.", ".verified.", ".failed.", ".removed.");

    /** A clock that shows a time which no name can hold must not make a mark that nobody can read. */
    private static String stamp(Instant at) {
        return BackupName.stamp(at.isBefore(FIRST) ? FIRST : at.isAfter(LAST) ? LAST : at);
    }

    /** A mark and the archive beside which it lies. */
    record Named(String archive, Mark mark) {}

    /** Longest tag; with the longest names of a database and of a format it fits into a key. */
    int MAX_TAG_LENGTH = 64;

    /** Greatest number of a verification that a name holds; further ones all have this, so that damage stays known. */
    long MAX_SEQUENCE = 999_999_999;

    Instant FIRST = Instant.parse("0000-01-01T00:00:00.000Z");
    Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    Pattern TAG = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

    Pattern NAME = Pattern.compile("(?<archive>(?s:.)+?)\\.(?:(?<pinned>pinned)|tag\\.(?<tag>" + TAG.pattern() + ")"
            + "|(?<outcome>verified|failed)\\.(?<level>[A-Z]+)\\.(?<at>[^/]{24})\\.(?<millis>\\d{1,15})(?:\\."
            + "(?<sequence>\\d{1,9}))?|removed\\.(?<removed>[^/]{24}))");

    /** Reads a name; empty if it is not that of a mark beside a backup. */
    static Optional<Named> parse(String key) {
        if (KINDS.stream().noneMatch(key::contains)) {
            return Optional.empty(); // as most names are, and far quicker
        }
        Matcher matcher = NAME.matcher(key);
        if (!matcher.matches() || BackupName.parse(matcher.group("archive")).isEmpty()) {
            return Optional.empty();
        }
        try {
            Named named = new Named(matcher.group("archive"), read(matcher));
            return named.mark().key(named.archive()).equals(key) ? Optional.of(named) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Mark read(Matcher matcher) {
        if (matcher.group("pinned") != null) {
            return new Pinned();
        } else if (matcher.group("tag") != null) {
            return new Tag(requireTag(matcher.group("tag")));
        } else if (matcher.group("removed") != null) {
            return new Removed(Instant.parse(matcher.group("removed")));
        }
        return new Verified(new Verification(
                VerifyLevel.valueOf(matcher.group("level")),
                Instant.parse(matcher.group("at")),
                Duration.ofMillis(Long.parseLong(matcher.group("millis"))),
                matcher.group("outcome").equals("verified"),
                matcher.group("sequence") == null ? 0 : Long.parseLong(matcher.group("sequence"))));
    }

    /**
     * Checks that a tag can be part of a name in every store.
     *
     * @return the tag
     * @throws IllegalArgumentException if it cannot; says why
     */
    static String requireTag(String tag) {
        if (tag.length() > MAX_TAG_LENGTH || !TAG.matcher(tag).matches()) {
            String shown = tag.codePoints()
                    .limit(MAX_TAG_LENGTH)
                    .collect(
                            StringBuilder::new,
                            (text, c) -> text.appendCodePoint(c < ' ' ? '?' : c),
                            StringBuilder::append)
                    .toString();
            throw new IllegalArgumentException("tag '" + shown + "' cannot be used; a tag is 1 to " + MAX_TAG_LENGTH
                    + " letters, digits, '.', '_' or '-' of ASCII, and starts and ends with a letter or digit");
        }
        return tag;
    }
}
