package io.kvbackup.job;

import java.util.regex.Pattern;

/** Names that become part of an object's name. */
final class ScheduleName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private ScheduleName() {}

    static String require(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " name '" + name
                    + "' must be of 1 to 100 letters, digits, '.', '_' and '-', and begin with a letter or digit");
        }
        return name;
    }
}
