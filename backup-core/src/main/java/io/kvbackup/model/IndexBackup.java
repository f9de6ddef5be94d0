package io.kvbackup.model;

import java.util.List;
import java.util.Objects;

/**
 * Description of an index; its content is rebuilt by the host when the database is restored.
 *
 * @param name unique within the database
 * @param setName the set that is indexed
 * @param field the indexed field of the values
 * @param type the host's number for the kind of index (0 basic, 1 sortable in the FuckBase project)
 * @param sortFields further fields of a sortable index, otherwise empty
 */
public record IndexBackup(String name, String setName, String field, int type, List<String> sortFields) {
    public IndexBackup {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(setName, "setName");
        Objects.requireNonNull(field, "field");
        sortFields = List.copyOf(sortFields);
    }
}
