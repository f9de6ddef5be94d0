package io.kvbackup.storage.contract;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Compares what a run of the contract shows with what the table of stores in the documentation says. */
final class ContractTable implements TestWatcher, AfterAllCallback {
    /** The columns, in order. */
    private static final List<Class<?>> PARTS = List.of(
            ReadContract.class,
            UploadContract.class,
            ConditionContract.class,
            ListContract.class,
            CopyAndDeleteContract.class,
            KeyContract.class,
            LifecycleContract.class);

    private static final Path DOCUMENT = Path.of("docs", "storage.md");
    private static final Pattern VERSION = Pattern.compile("-([0-9][^/]*)\\.jar$");

    /** Passed or not, by case. */
    private final Map<String, Boolean> results = new TreeMap<>();

    @Override
    public void testSuccessful(ExtensionContext context) {
        record(context, true);
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        record(context, false);
    }

    private void record(ExtensionContext context, boolean passed) {
        Method method = context.getRequiredTestMethod();
        if (PARTS.contains(method.getDeclaringClass())) {
            results.put(method.getName(), passed);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        StoreUnderTest store = context.getRequiredTestClass().getAnnotation(StoreUnderTest.class);
        Optional<Path> document = document();
        // A failed case fails by itself, and a few cases alone say nothing.
        if (store == null || document.isEmpty() || results.size() < cases().count()) {
            return;
        }
        String row = row(store);
        if (!Files.readAllLines(document.get()).contains(row)) {
            throw new AssertionError("the table of stores in docs/storage.md does not say what "
                    + context.getRequiredTestClass().getSimpleName() + " has shown; its row should be\n" + row);
        }
    }

    private static Stream<Method> cases() {
        return PARTS.stream()
                .flatMap(part -> Arrays.stream(part.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class));
    }

    /** Of the project whose tests run; other people's projects have none. */
    private static Optional<Path> document() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(DOCUMENT)) && Files.exists(at.resolve("backup-core"))) {
                return Optional.of(at.resolve(DOCUMENT));
            }
        }
        return Optional.empty();
    }

    private String row(StoreUnderTest store) {
        List<String> cells = new ArrayList<>(List.of("`" + store.scheme() + "`", store.server() + version(store)));
        PARTS.forEach(part -> cells.add(counts(part)));
        List<String> deviations = new ArrayList<>(Arrays.asList(store.deviations()));
        new TreeSet<>(results.keySet())
                .stream().filter(name -> !results.get(name)).forEach(name -> deviations.add("not `" + name + "`"));
        cells.add(deviations.isEmpty() ? "none" : String.join("; ", deviations));
        return "| " + String.join(" | ", cells) + " |";
    }

    private String counts(Class<?> part) {
        List<String> names = cases().filter(method -> method.getDeclaringClass().equals(part))
                .map(Method::getName)
                .toList();
        long passed = names.stream().filter(results::get).count();
        return passed == names.size() ? Long.toString(passed) : passed + " of " + names.size();
    }

    private static String version(StoreUnderTest store) {
        if (store.versionOf().equals(StoreUnderTest.class)) {
            return "";
        }
        String jar = store.versionOf()
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        Matcher version = VERSION.matcher(jar);
        if (!version.find()) {
            throw new AssertionError("no version in the name of " + jar);
        }
        return " " + version.group(1);
    }
}
