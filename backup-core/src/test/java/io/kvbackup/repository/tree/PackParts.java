package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.FrameKind;
import io.kvbackup.format.tree.PackFooter;
import io.kvbackup.format.tree.PackHeader;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.PackTrailer;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Where in a pack its parts lie: to damage one of them. */
public final class PackParts {
    private static final int HEAD = 13;

    /** A class of bytes. */
    public enum Part {
        HEADER,
        CHUNK_FRAME_HEAD,
        CHUNKS,
        NODE_FRAME_HEAD,
        NODES,
        FOOTER,
        TRAILER
    }

    private record Run(long from, long to) {}

    private final Map<Part, List<Run>> runs = new EnumMap<>(Part.class);

    /** Reads the footer of a pack that a backup names. */
    public PackParts(StorageClient storage, StoredBackup backup, PackId pack) throws IOException {
        try (Packs packs = new Packs(
                storage,
                backup.manifest().orElseThrow().packs(),
                TreeDocuments.read(storage, backup).packKeys())) {
            PackFooter footer = packs.footer(pack);
            boolean encrypted = packs.cipher(pack) != null;
            add(Part.HEADER, 0, encrypted ? PackHeader.ENCRYPTED_BYTES : PackHeader.BYTES);
            long end = 0;
            for (PackFooter.Frame frame : footer.frames()) {
                boolean chunks = frame.kind() == FrameKind.CHUNKS_ZSTD || frame.kind() == FrameKind.CHUNKS_RAW;
                long body = frame.offset() + HEAD;
                end = frame.offset() + frame.length();
                add(chunks ? Part.CHUNK_FRAME_HEAD : Part.NODE_FRAME_HEAD, frame.offset(), body);
                add(chunks ? Part.CHUNKS : Part.NODES, body, end);
            }
            long bytes = packs.find(pack).orElseThrow().stored().bytes();
            add(Part.FOOTER, end, bytes - PackTrailer.BYTES);
            add(Part.TRAILER, bytes - PackTrailer.BYTES, bytes);
        }
    }

    private void add(Part part, long from, long to) {
        runs.computeIfAbsent(part, any -> new ArrayList<>()).add(new Run(from, to));
    }

    public boolean has(Part part) {
        return runs.containsKey(part);
    }

    /** Some byte of a part. */
    public int any(Part part, Random random) {
        List<Run> of = runs.get(part);
        Run run = of.get(random.nextInt(of.size()));
        return (int) random.nextLong(run.from(), run.to());
    }
}
