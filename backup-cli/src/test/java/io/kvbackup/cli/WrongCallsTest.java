package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is typed, the answer is one line that helps. */
class WrongCallsTest {
    @TempDir
    static Path folder;

    /**
     * @param line as typed; S is a store with one backup of "orders", D a folder
     * @param code that is expected
     * @param hint that the answer has
     */
    private record Wrong(String line, int code, String hint) {}

    private static final List<Wrong> WRONG = List.of(
            new Wrong("lst -s S", 2, "did you mean"),
            new Wrong("list --stroe S", 2, "Unknown option: '--stroe'"),
            new Wrong("list -s S extra more", 2, "Unmatched argument"),
            new Wrong("list -s", 2, "Missing required parameter"),
            new Wrong("list", 2, "-s STORE, the variable KVBACKUP_STORAGE"),
            new Wrong("list -s ftp://host/x", 2, "no provider for storage scheme 'ftp'"),
            new Wrong("list -s s3://bucket/x?secretKey=abc&accessKey=k", 2, "write env:NAME or @FILE"),
            new Wrong("list -s s3://bucket/x?regoin=eu", 2, "unknown option 'regoin'"),
            new Wrong("list -s env:NO_SUCH_VARIABLE", 2, "no variable NO_SUCH_VARIABLE"),
            new Wrong("list -s @D/nothing", 4, "does not exist"),
            new Wrong("list -s S --since yesterday", 2, "is not a time"),
            new Wrong("list -s S --since 2026-13-45", 2, "is not a time"),
            new Wrong("list -s S --limit many", 2, "'many' is not a long"),
            new Wrong("list oders -s S", 4, "it has backups of orders"),
            new Wrong("show -s S", 2, "Missing required parameter: 'BACKUP'"),
            new Wrong("show oders -s S", 4, "it has backups of orders"),
            new Wrong("show orders --at 2020-01-01 -s S", 4, "the oldest is of"),
            new Wrong("show backups/orders/x -s S", 2, "backups/orders/x"),
            new Wrong("show backups/orders/2020-01-01T00:00:00.000Z.json -s S", 4, "2020-01-01"),
            new Wrong("cat orders -s S --set itmes", 4, "no such set in this backup; it has items"),
            new Wrong("cat orders -s S --database other", 4, "it holds orders"),
            new Wrong("cat orders -s S --set items --key nothing", 4, "does not hold this key"),
            new Wrong("cat orders -s S --key a --prefix b", 2, "use one of them"),
            new Wrong("cat orders -s S --key hex:xy", 2, "is not a key"),
            new Wrong("cat orders -s S --as yaml", 2, "JSONL, CBOR, RAW"),
            new Wrong("restore orders -s S", 2, "Missing required option: '--to=TARGET'"),
            new Wrong("restore orders -s S --to /srv/x", 2, "write rocksdb:FOLDER"),
            new Wrong("restore orders -s S --to rockdb:/srv/x", 2, "'rockdb'"),
            new Wrong("restore orders -s S --to rocksdb:", 2, "what to make and where"),
            new Wrong("restore orders -s S --to folder:D/new", 2, "is a backup of entries"),
            new Wrong("restore orders -s S --to sqlite:D", 1, "restore into a new place"),
            new Wrong("restore orders -s S --to rocksdb:D/r --password-file D/none", 4, "does not exist"),
            new Wrong("restore orders -s S --to rocksdb:D/r --key-file D/k", 2, "go together"),
            new Wrong("diff orders -s S", 2, "two backups are needed"),
            new Wrong("export orders D -s S", 1, "restore into a new place"),
            new Wrong("import D/none --database x -s S", 4, "no such file"),
            new Wrong("import D/a.txt -s S", 2, "--as, or --database"),
            new Wrong("import D/a.txt --database x -s S", 2, "does not tell its format"),
            new Wrong("verify -s S", 2, "--due SPAN, or --sample N"),
            new Wrong("verify orders --due 7d -s S", 2, "say what to verify"),
            new Wrong("verify orders --level deep -s S", 2, "LISTED, STORED, DIGEST, DRILL"),
            new Wrong("verify --due week -s S", 2, "is not a span of time"),
            new Wrong("verify orders --level drill --scratch jsonl -s S", 2, "JSON lines are only written"),
            new Wrong("backup -s S", 2, "SOURCE"),
            new Wrong("backup D -s S", 2, "does not say what"),
            new Wrong("backup mysql:D -s S", 2, "'mysql'"),
            new Wrong("backup folder:D/none -s S", 4, "nothing to back up"),
            new Wrong("backup rocksdb:D -s S", 4, "no RocksDB in this folder"),
            new Wrong("backup full=folder:D -s D/elsewhere", 2, "full"),
            new Wrong("backup x=folder:D -s S --cron nonsense", 2, "nonsense"),
            new Wrong("backup x=folder:D -s S --now", 2, "--now goes with --cron"),
            new Wrong("backup x=folder:D -s S --format cbor.lzma", 2, "lzma"),
            new Wrong("copy orders -s S", 2, "Missing required option: '--to=STORE'"),
            new Wrong("copy oders -s S --to D/other", 4, "it has backups of orders"),
            new Wrong("prune -s S", 2, "say what to keep"),
            new Wrong("prune --keep-last 0 -s S", 2, "keepLast"),
            new Wrong("delete orders -s S --yes", 2, "not the full name"),
            new Wrong("tag orders -s S", 2, "Missing required parameter: 'TAG'"),
            new Wrong("tag orders a/b -s S", 2, "a/b"),
            new Wrong("keys rewrap -s S --key-id only", 2, "go together"),
            new Wrong("keys", 2, "Missing required subcommand"),
            new Wrong("check", 2, "KVBACKUP_STORAGE"));

    @TestFactory
    Stream<DynamicTest> eachIsAnsweredByOneHelpfulLine() throws Exception {
        Store store = new Store(folder.resolve("store"));
        store.backup();
        Path there = Files.createDirectories(folder.resolve("there"));
        Files.writeString(there.resolve("a.txt"), "text");
        Files.write(there.resolve("k"), new byte[32]);
        assertThat(WRONG).hasSizeGreaterThanOrEqualTo(40);
        return WRONG.stream()
                .map(wrong -> dynamicTest(wrong.line(), () -> {
                    Cli.Run run = new Cli()
                            .run(Stream.of(wrong.line().split(" "))
                                    .map(word -> word.replaceAll("^S$", store.folder.toString())
                                            .replaceAll("(^|[@:])D(?=/|$)", "$1" + there))
                                    .toArray(String[]::new));

                    assertThat(run.err().lines()).as(run.err()).hasSize(1);
                    assertThat(run.err())
                            .startsWith("kvbackup")
                            .contains(wrong.hint())
                            .doesNotContain("Exception");
                    assertThat(run.code()).as(run.err()).isEqualTo(wrong.code());
                    assertThat(run.out()).isEmpty();
                }));
    }
}
