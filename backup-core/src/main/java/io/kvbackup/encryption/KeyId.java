package io.kvbackup.encryption;

/** The names that a key may have. */
final class KeyId {
    private static final int MAX_LENGTH = 100;

    private KeyId() {}

    /** @throws IllegalArgumentException if it is not such a name; says why */
    static String require(String id) {
        if (id.isBlank() || id.length() > MAX_LENGTH || id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a key's id has 1 to " + MAX_LENGTH
                    + " characters without control characters; this one has " + id.length()
                    + (id.isBlank() ? ", all blank" : ""));
        }
        return id;
    }
}
