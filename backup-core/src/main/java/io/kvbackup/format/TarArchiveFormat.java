package io.kvbackup.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * POSIX tar with one file for each entry, to be looked at with ordinary tools.
 *
 * <pre>
 * &lt;database&gt;/&lt;set&gt;/set.json      name and encoding
 * &lt;database&gt;/&lt;set&gt;/data/&lt;key&gt;    one value
 * &lt;database&gt;/database.json      name, sets with entry counts, indexes, auth; closes the database
 * metadata.json                 summary; only in archives of all databases, closes the archive
 * </pre>
 *
 * <p>Names are escaped as {@link TarNames} says. Every entry costs a kibibyte at least.
 */
final class TarArchiveFormat implements ArchiveFormat {
    @Override
    public String name() {
        return "tar";
    }

    @Override
    public ArchiveWriter writer(OutputStream out, ArchiveShape shape) {
        return new OrderedArchiveWriter(shape, new TarArchiveWriter(out));
    }

    @Override
    public ArchiveShape read(InputStream in, Fidelity fidelity, Room room, ArchiveVisitor to) throws IOException {
        return ArchiveReading.run("TAR archive", in, room, to, (watched, checked, meter) -> {
            try (TarEntries entries = new TarEntries(watched, meter)) {
                return new TarArchiveReader(entries, checked).read();
            }
        });
    }
}
