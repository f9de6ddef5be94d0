package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.rocksdb.CommitMarker.StagedFile;
import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.Mutations;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

class CommitMarkerFuzzTest extends FuzzContract {
    @Override
    protected List<FuzzTarget> targets() {
        List<StagedFile> files = List.of(new StagedFile("0.sst", 100), new StagedFile("1.sst", 200));
        byte[] marker = new CommitMarker(
                        "identity",
                        new WriteWatermark(5, 7),
                        KeyRange.only(new byte[] {1}),
                        Map.of("default", "00"),
                        Map.of("default", files, "other", List.of()))
                .encode();
        return List.of(new FuzzTarget(
                "commit marker",
                List.of(marker),
                Mutations.words().or(Mutations.bytes()).then((bad, random) -> withChecksum(bad)),
                CommitMarker::decode,
                Set.of(IOException.class)));
    }

    private static byte[] withChecksum(byte[] marker) {
        String text = new String(marker, UTF_8);
        int end = text.lastIndexOf("end ");
        String body = end < 0 ? text : text.substring(0, end);
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(UTF_8));
        return (body + "end " + Long.toHexString(crc.getValue())).getBytes(UTF_8);
    }
}
