package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The extended attributes that users give to files and folders, where the file system has such. Used by one thread. */
final class UserAttributes {
    private boolean missing;

    SortedMap<String, byte[]> read(Path path) throws IOException {
        UserDefinedFileAttributeView view =
                missing ? null : Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        if (view == null) {
            return FileExtras.NONE.attributes();
        }
        List<String> names;
        try {
            names = view.list();
        } catch (AccessDeniedException e) {
            // What cannot be read ends the backup when its content is read, if it has any.
            return FileExtras.NONE.attributes();
        } catch (FileSystemException e) {
            if (e.getClass() != FileSystemException.class) {
                throw e;
            }
            // This is how Java says that the file system has no attributes.
            missing = true;
            return FileExtras.NONE.attributes();
        }
        if (names.isEmpty()) {
            return FileExtras.NONE.attributes();
        }
        SortedMap<String, byte[]> values = new TreeMap<>();
        for (String name : names) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            int length = view.read(name, value);
            values.put(name, Arrays.copyOf(value.array(), length));
        }
        return values;
    }

    /** @param exactly whether those that are there and not among these are removed */
    static void write(Path path, SortedMap<String, byte[]> values, boolean exactly) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        if (view == null) {
            throw new FileSystemException(path.toString(), null, "no extended attributes here");
        }
        SortedMap<String, byte[]> present = exactly ? new UserAttributes().read(path) : FileExtras.NONE.attributes();
        for (String name : present.keySet()) {
            if (!values.containsKey(name)) {
                view.delete(name);
            }
        }
        for (var value : values.entrySet()) {
            view.write(value.getKey(), ByteBuffer.wrap(value.getValue()));
        }
    }
}
