package io.kvbackup.model;

import java.util.Objects;

/**
 * Access settings of a database.
 *
 * <p>They are stored as they are given: a host that keeps clear-text passwords has them in its unencrypted backups.
 *
 * @param username who may use the database
 * @param password the secret in the host's own form; never printed
 * @param enabled whether the settings are in force
 */
public record AuthBackup(String username, String password, boolean enabled) {
    public AuthBackup {
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
        return "AuthBackup[username=" + username + ", password=***, enabled=" + enabled + "]";
    }
}
