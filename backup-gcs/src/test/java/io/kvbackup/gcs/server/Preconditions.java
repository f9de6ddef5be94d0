package io.kvbackup.gcs.server;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request wants to be so of an object; generation 0 stands for "there is none". */
record Preconditions(
        Optional<Long> generation,
        Optional<Long> notGeneration,
        Optional<Long> metageneration,
        Optional<Long> notMetageneration) {
    static final Preconditions NONE =
            new Preconditions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    static final Set<String> NAMES =
            Set.of("ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch");

    static final Set<String> SOURCE_NAMES = Set.of(
            "ifSourceGenerationMatch",
            "ifSourceGenerationNotMatch",
            "ifSourceMetagenerationMatch",
            "ifSourceMetagenerationNotMatch");

    static Preconditions of(Request request) throws ApiException {
        return of(request, "if");
    }

    static Preconditions ofSource(Request request) throws ApiException {
        return of(request, "ifSource");
    }

    private static Preconditions of(Request request, String start) throws ApiException {
        return new Preconditions(
                request.number(start + "GenerationMatch"),
                request.number(start + "GenerationNotMatch"),
                request.number(start + "MetagenerationMatch"),
                request.number(start + "MetagenerationNotMatch"));
    }

    /** Refuses a write. */
    void requireForWrite(@Nullable StoredObject object) throws ApiException {
        if (!matches(object) || !differs(object)) {
            throw ApiException.conditionNotMet();
        }
    }

    /** Refuses a read; one that wants another version than there is gets "not modified". */
    void requireForRead(StoredObject object) throws ApiException {
        if (!matches(object)) {
            throw ApiException.conditionNotMet();
        }
        if (!differs(object)) {
            throw new ApiException(304, "notModified", "Not Modified");
        }
    }

    private boolean matches(@Nullable StoredObject object) {
        long there = object == null ? 0 : object.generation();
        long version = object == null ? 0 : object.metageneration();
        return (generation.isEmpty() || generation.get() == there)
                && (metageneration.isEmpty() || metageneration.get() == version);
    }

    private boolean differs(@Nullable StoredObject object) {
        long there = object == null ? 0 : object.generation();
        long version = object == null ? 0 : object.metageneration();
        return (notGeneration.isEmpty() || notGeneration.get() != there)
                && (notMetageneration.isEmpty() || notMetageneration.get() != version);
    }
}
