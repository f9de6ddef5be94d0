package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackId;
import java.io.IOException;
import java.util.Set;

/** Packs that a new backup refers to have vanished, or somebody means to remove them. */
final class PacksLostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient PackListing listing;

    /** @param listing shows that they are not there */
    PacksLostException(String folder, Set<PackId> packs, PackListing listing) {
        super("the backup of " + folder + " refers to packs that are gone, damaged or about to be removed: "
                + PackListing.shown(folder, packs) + "; take another, and give prunes a longer grace period");
        this.listing = listing;
    }

    PackListing listing() {
        return listing;
    }
}
