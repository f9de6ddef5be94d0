package io.kvbackup.database;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/** Writes keys of maps, and refuses those with half a surrogate pair, which Jackson writes and does not read. */
final class JsonNames extends StdSerializer<String> {
    private static final long serialVersionUID = 1L;

    JsonNames() {
        super(String.class);
    }

    @Override
    public void serialize(String name, JsonGenerator to, SerializerProvider provider) throws IOException {
        require(name);
        to.writeFieldName(name);
    }

    static void require(String name) throws IOException {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == name.length()
                        || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    throw new IOException("a key inside the value has half of a surrogate pair at " + i
                            + ", which cannot be read again; it is no text");
                }
                i++;
            }
        }
    }
}
