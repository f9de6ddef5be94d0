package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What set {@code files} says of a path that has more than most.
 *
 * @param special the bits set-user-id (4), set-group-id (2) and sticky (1)
 * @param owner number of the user, as 32 bits; -1 if it is not said
 * @param group number of the group, as 32 bits; -1 if it is not said
 * @param sameAs path of a file that comes before, of which this is another name; otherwise empty
 * @param attributes the user's extended attributes, by their names without {@code user.}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileExtras(int special, int owner, int group, byte[] sameAs, SortedMap<String, byte[]> attributes) {
    static final int UNSAID = -1;
    static final FileExtras NONE =
            new FileExtras(0, UNSAID, UNSAID, new byte[0], Collections.unmodifiableSortedMap(new TreeMap<>()));
    private static final String ATTRIBUTE = "user.";

    /** The bits that lend rights of the owner or the group. */
    static final int SET_ID = 6;

    FileExtras {
        if (special < 0 || special > 7) {
            throw new IllegalArgumentException("special " + special);
        }
    }

    void appendTo(StringBuilder text) {
        if (special != 0) {
            text.append(" special=").append(special);
        }
        if (owner != UNSAID) {
            text.append(" uid=").append(Integer.toUnsignedString(owner));
        }
        if (group != UNSAID) {
            text.append(" gid=").append(Integer.toUnsignedString(group));
        }
        if (sameAs.length > 0) {
            text.append(" same=").append(PercentText.encode(sameAs));
        }
        attributes.forEach((name, value) -> text.append(' ')
                .append(ATTRIBUTE)
                .append(PercentText.encode(name.getBytes(UTF_8)).replace("=", "%3D"))
                .append('=')
                .append(PercentText.encode(value)));
    }

    /** @throws IllegalArgumentException if a field is not as it should be */
    static FileExtras of(Map<String, String> fields) {
        SortedMap<String, byte[]> attributes = new TreeMap<>();
        fields.forEach((name, value) -> {
            if (name.startsWith(ATTRIBUTE)) {
                byte[] decoded = PercentText.decode(name.substring(ATTRIBUTE.length()));
                attributes.put(new String(decoded, UTF_8), PercentText.decode(value));
            }
        });
        FileExtras extras = new FileExtras(
                Integer.parseInt(fields.getOrDefault("special", "0")),
                number(fields.get("uid")),
                number(fields.get("gid")),
                PercentText.decode(fields.getOrDefault("same", "")),
                attributes);
        return extras.isNone() ? NONE : extras;
    }

    private static int number(@Nullable String text) {
        return text == null ? UNSAID : Integer.parseUnsignedInt(text);
    }

    boolean isNone() {
        return special == 0 && owner == UNSAID && group == UNSAID && sameAs.length == 0 && attributes.isEmpty();
    }
}
