package io.kvbackup.storage.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which store a contract test class runs against, and where that store is known to deviate. The table in
 * {@code docs/storage.md} has a row for every class that carries this, and a run of the whole class fails if its row
 * says anything else; the failure shows the row as it should be.
 *
 * <p>To add a store: write a class that implements {@link StorageClientContract}, put this on it, run it, and paste the
 * row that the failure shows into the table. What the store cannot do is told in the hooks of {@link StorageFixture},
 * and in words in {@link #deviations}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StoreUnderTest {
    /** As it starts a URI: {@code s3:}. */
    String scheme();

    /** What answers: {@code S3Mock}. */
    String server();

    /** A class of the server, whose jar's name says the version; this annotation for a server that has none. */
    Class<?> versionOf() default StoreUnderTest.class;

    /** What the server does otherwise than the contract says, one sentence for each; none for none. */
    String[] deviations() default {};
}
