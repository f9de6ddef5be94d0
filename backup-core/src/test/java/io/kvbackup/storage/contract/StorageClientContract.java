package io.kvbackup.storage.contract;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contract of {@link io.kvbackup.storage.StorageClient} as JUnit tests. To run it against a client of your own,
 * write a test class that implements this interface:
 *
 * <pre>{@code
 * class MyStorageClientTest implements StorageClientContract {
 *     private final StorageClient client = new MyStorageClient(...); // on an empty place, such as a new folder
 *
 *     @Override
 *     public StorageClient client() {
 *         return client;
 *     }
 *
 *     @AfterEach
 *     void close() throws IOException {
 *         client.close();
 *     }
 * }
 * }</pre>
 *
 * Each test needs an empty store and the same client throughout; JUnit makes a new instance of the test class for each
 * test by default. A test may have closed the client already. The hooks in {@link StorageFixture} say what a store is
 * not able to do, and how large its parts are. {@link StoreUnderTest} names the store for the table in
 * {@code docs/storage.md}.
 */
@ExtendWith(ContractTable.class)
public interface StorageClientContract
        extends ReadContract,
                UploadContract,
                ConditionContract,
                ListContract,
                CopyAndDeleteContract,
                KeyContract,
                LifecycleContract {}
