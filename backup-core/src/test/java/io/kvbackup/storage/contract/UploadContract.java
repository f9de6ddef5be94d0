package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Uploads commit when their content is complete, and never otherwise. */
public interface UploadContract extends StorageFixture {
    /** Sizes around the boundaries where uploads change their ways. */
    default List<Integer> t22Sizes() {
        int part = partSize();
        return List.of(0, 1, part - 1, part, part + 1, 2 * part, 2 * part + 1, 3 * part + 7);
    }

    @Test
    default void t22_contentOfUnknownLengthArrivesWhole() throws IOException {
        for (int size : t22Sizes()) {
            byte[] content = content(size, size);
            StorageObject object = put("size/" + size, content);
            assertThat(object.size()).isEqualTo(size);
            assertThat(client().stat("size/" + size).orElseThrow().size()).isEqualTo(size);
            assertThat(read("size/" + size)).as("content of %d bytes", size).isEqualTo(content);
        }
        assertNothingLeftBehind();
    }

    @Test
    default void t22_writesOfAllLengthsArriveInOrder() throws IOException {
        int size = 2 * partSize() + 100;
        byte[] content = content(22, size);
        client().upload(
                        "a",
                        out -> {
                            int written = 0;
                            for (int step = 1; written < size; step = step * 3 % 100_003) {
                                int length = Math.min(step, size - written);
                                out.write(content, written, length);
                                written += length;
                                out.write(content, written, 0);
                                out.flush();
                            }
                        },
                        PutCondition.none());
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    default void t1_emptyObjectExists() throws IOException {
        client().upload("never-written", out -> {}, PutCondition.none());
        client().upload("written-empty", out -> out.write(new byte[0]), PutCondition.none());

        assertThat(client().stat("never-written").orElseThrow().size()).isZero();
        assertThat(read("never-written")).isEmpty();
        assertThat(read("written-empty")).isEmpty();
        assertThat(keys("", "")).containsExactly("never-written", "written-empty");
    }

    @Test
    default void singleBytesArrive() throws IOException {
        byte[] content = content(4, 3_000);
        client().upload(
                        "a",
                        out -> {
                            for (byte b : content) {
                                out.write(b);
                            }
                        },
                        PutCondition.none());
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    default void overwriteReplacesContentAndEtag() throws IOException {
        Set<String> etags = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            String content = "version " + (10 + i);
            assertThat(etags.add(put("a", content).etag()))
                    .as("etag of version %d is new", i)
                    .isTrue();
            assertThat(read("a")).isEqualTo(text(content));
        }
        put("a", "short");
        assertThat(read("a")).isEqualTo(text("short"));
        assertThat(keys("", "")).containsExactly("a");
    }

    @Test
    default void closingTheStreamNeitherCommitsNorBreaks() throws IOException {
        client().upload(
                        "a",
                        out -> {
                            out.write(text("half "));
                            out.close();
                            assertThat(client().stat("a")).isEmpty();
                            out.write(text("whole"));
                            out.close();
                        },
                        PutCondition.none());
        assertThat(read("a")).isEqualTo(text("half whole"));

        assertThatThrownBy(() -> client().upload(
                                "b",
                                out -> {
                                    out.write(text("half "));
                                    out.close();
                                    throw new IOException("source broke");
                                },
                                PutCondition.none()))
                .hasMessageContaining("source broke");
        assertAbsent("b");
    }

    @Test
    default void streamIsDeadAfterTheUpload() throws IOException {
        List<OutputStream> leaked = new ArrayList<>();
        client().upload(
                        "a",
                        out -> {
                            leaked.add(out);
                            out.write(text("content"));
                        },
                        PutCondition.none());

        assertThatThrownBy(() -> leaked.get(0).write(1)).isInstanceOf(IOException.class);
        assertThat(read("a")).isEqualTo(text("content"));
    }

    @Test
    default void t1_sourceFailureAtAnyOffsetLeavesNoObject() throws IOException {
        for (int offset : t22Sizes()) {
            assertThatThrownBy(() -> client().upload("a", breakingAt(offset), PutCondition.none()))
                    .as("source broken at %d", offset)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("source broke at " + offset);
            assertAbsent("a");
            assertNothingLeftBehind();
        }
        assertThat(keys("", "")).isEmpty();
    }

    @Test
    default void t1_sourceFailureAtAnyOffsetLeavesTheOldObject() throws IOException {
        StorageObject old = put("a", "old content");
        for (int offset : t22Sizes()) {
            for (PutCondition condition : List.of(PutCondition.none(), PutCondition.ifMatch(old.etag()))) {
                assertThatThrownBy(() -> client().upload("a", breakingAt(offset), condition))
                        .as("source broken at %d", offset)
                        .hasMessageContaining("source broke at " + offset);
                assertThat(read("a")).isEqualTo(text("old content"));
                assertThat(client().stat("a").orElseThrow().etag()).isEqualTo(old.etag());
            }
        }
        assertNothingLeftBehind();
    }

    @Test
    default void t1_everyKindOfThrowableAborts() throws IOException {
        for (Throwable thrown : List.of(new IllegalStateException("unchecked"), new LinkageError("an error"))) {
            assertThatThrownBy(() -> client().upload(
                                    "a",
                                    out -> {
                                        out.write(content(5, partSize() + 1));
                                        if (thrown instanceof Error error) {
                                            throw error;
                                        }
                                        throw (RuntimeException) thrown;
                                    },
                                    PutCondition.none()))
                    .hasMessageContaining(thrown.getMessage())
                    .isInstanceOf(thrown.getClass());
            assertAbsent("a");
            assertNothingLeftBehind();
        }
    }

    @Test
    default void t1_writeFailureThatTheContentSwallowsStillAborts() throws IOException {
        boolean[] refused = new boolean[1];
        ContentWriter swallowing = out -> {
            Thread.currentThread().interrupt();
            try {
                for (int i = 0; i < 5; i++) {
                    out.write(content(i, partSize()));
                }
            } catch (IOException e) {
                refused[0] = true;
            } finally {
                Thread.interrupted();
            }
        };
        Throwable failure = catchThrowable(() -> client().upload("a", swallowing, PutCondition.none()));

        if (refused[0]) {
            assertThat(failure).isInstanceOf(IOException.class);
            assertAbsent("a");
            assertNothingLeftBehind();
        } else {
            // A store may take bytes from an interrupted thread: then all of them.
            assertThat(failure).isNull();
            assertThat(read("a")).hasSize(5 * partSize());
        }
    }

    @Test
    default void contentIsAskedForOnceOnTheCallingThread() throws IOException {
        Thread[] caller = new Thread[1];
        client().upload(
                        "a",
                        out -> {
                            assertThat(caller[0]).as("called twice").isNull();
                            caller[0] = Thread.currentThread();
                            out.write(text("content"));
                        },
                        PutCondition.none());
        assertThat(caller[0]).isSameAs(Thread.currentThread());
    }

    @Test
    default void abandoningUploadsRemovesNothingVisible() throws IOException {
        put("a", "content");
        put("b/c", content(7, partSize() + 1));
        for (String prefix : List.of("", "b/", "no/such/key")) {
            client().deleteStaleUploads(prefix, Instant.EPOCH);
            client().deleteStaleUploads(prefix, Instant.MAX);
        }

        assertThat(keys("", "")).containsExactly("a", "b/c");
        assertThat(read("a")).isEqualTo(text("content"));
        assertThat(read("b/c")).isEqualTo(content(7, partSize() + 1));
        put("b/c", "new");
        assertThat(read("b/c")).isEqualTo(text("new"));
        assertNothingLeftBehind();
    }

    /** Writes {@code offset} bytes and then fails. */
    static ContentWriter breakingAt(int offset) {
        return out -> {
            out.write(content(offset, offset));
            throw new IOException("source broke at " + offset);
        };
    }
}
