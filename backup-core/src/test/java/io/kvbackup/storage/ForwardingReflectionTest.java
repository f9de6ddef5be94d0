package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A method added to {@link StorageClient} must not get lost in a decorator. */
class ForwardingReflectionTest {
    private static final StorageObject OBJECT = new StorageObject("k", 1, Instant.EPOCH, "e");
    private static final Map<Class<?>, Object> VALUES = Map.ofEntries(
            Map.entry(String.class, "text"),
            Map.entry(ByteRange.class, ByteRange.of(1, 2)),
            Map.entry(StorageObject.class, OBJECT),
            Map.entry(Instant.class, Instant.EPOCH),
            Map.entry(ContentWriter.class, ContentWriter.of(new byte[1])),
            Map.entry(PutCondition.class, PutCondition.ifAbsent()),
            Map.entry(Collection.class, List.of("k")),
            Map.entry(Optional.class, Optional.of(OBJECT)),
            Map.entry(Stream.class, Stream.of(OBJECT)),
            Map.entry(InputStream.class, new ByteArrayInputStream(new byte[1])),
            Map.entry(StorageClient.Conditions.class, StorageClient.Conditions.UNKNOWN),
            Map.entry(long.class, 7L),
            Map.entry(boolean.class, true));

    private static Stream<Method> methods() {
        return Arrays.stream(StorageClient.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodIsForwarded(Method method) throws Exception {
        List<String> calls = new ArrayList<>();
        StorageClient target = (StorageClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StorageClient.class}, (proxy, called, arguments) -> {
                    calls.add(called.getName());
                    return VALUES.get(called.getReturnType());
                });
        StorageClient decorator = new ForwardingStorageClient(target) {};
        Object[] arguments =
                Arrays.stream(method.getParameterTypes()).map(VALUES::get).toArray();

        assertThat(method.invoke(decorator, arguments)).isEqualTo(VALUES.get(method.getReturnType()));
        assertThat(calls).containsExactly(method.getName());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodIsDecoratedByRetries(Method method) throws Exception {
        boolean derived = method.getName().equals("list") && method.getParameterCount() == 1;
        Class<?> owner = RetryingStorageClient.class
                .getMethod(method.getName(), method.getParameterTypes())
                .getDeclaringClass();

        assertThat(owner).isEqualTo(derived ? StorageClient.class : RetryingStorageClient.class);
    }

    private static Stream<UnaryOperator<StorageClient>> decorators() {
        return Stream.of(
                store -> new ThrottledStorageClient(store, RateLimit.unlimited(), RateLimit.unlimited()),
                ExclusiveWriterStorageClient::new,
                StorageCheck::guard,
                store -> new PrefixedStorageClient(store, "some/"),
                store -> new RetryingStorageClient(store, RetryPolicy.defaults()));
    }

    /** They all decorate what they must; this one is easily forgotten, as nothing seems to be missing without it. */
    @ParameterizedTest
    @MethodSource("decorators")
    void everyDecoratorAbandonsUploads(UnaryOperator<StorageClient> decorator) throws IOException {
        List<String> prefixes = new ArrayList<>();
        StorageClient store = new ForwardingStorageClient(new MemoryStorageClient()) {
            @Override
            public void deleteStaleUploads(String prefix, Instant startedBefore) {
                prefixes.add(prefix);
            }
        };
        decorator.apply(store).deleteStaleUploads("key", Instant.EPOCH);

        assertThat(prefixes).hasSize(1).allMatch(prefix -> prefix.equals("key") || prefix.equals("some/key"));
    }
}
