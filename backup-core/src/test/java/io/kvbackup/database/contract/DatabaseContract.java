package io.kvbackup.database.contract;

/**
 * The promises of {@link io.kvbackup.database.Database} as tests. Extend it with the few methods that make and write a
 * database of your engine, one new and empty for each test, and its tests run against your adapter.
 */
public abstract class DatabaseContract
        implements SnapshotContract, RestoreContract, NamesContract, ConcurrencyContract {}
