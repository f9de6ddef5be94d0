package io.kvbackup.format;

import io.kvbackup.pipeline.DamageBoundary;
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
    public ArchiveShape read(InputStream in, Fidelity fidelity, ArchiveVisitor to) throws IOException {
        DamageBoundary boundary = new DamageBoundary();
        try (TarEntries entries = new TarEntries(boundary.watch(in))) {
            return new TarArchiveReader(entries, new CheckedArchiveVisitor(to, boundary)).read();
        } catch (IOException | RuntimeException e) {
            throw boundary.translate("TAR archive", e);
        }
    }
}
