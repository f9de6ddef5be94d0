package io.kvbackup.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Code of the examples between {@code // region name} and {@code // endregion}.
 *
 * @param text without the indentation that its lines share
 * @param packages those of this project that it imports something from
 */
record Region(String name, String text, Set<String> packages) {
    private static final Pattern REGION =
            Pattern.compile("^ *// region (\\S+)\n(.*?)^ *// endregion$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern IMPORT =
            Pattern.compile("^import (io\\.kvbackup[a-z.]*)\\.(\\w+);", Pattern.MULTILINE);

    /** All regions of the main and test classes of this module. */
    static List<Region> all() throws IOException {
        List<Region> regions = new ArrayList<>();
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        for (Path source : sources) {
            String code = Files.readString(source);
            Matcher region = REGION.matcher(code);
            while (region.find()) {
                String text = region.group(2).stripTrailing().stripIndent() + "\n";
                regions.add(new Region(region.group(1), text, packages(code, text)));
            }
        }
        return regions;
    }

    private static Set<String> packages(String code, String text) {
        Set<String> packages = new TreeSet<>();
        Matcher imported = IMPORT.matcher(code);
        while (imported.find()) {
            if (Pattern.compile("\\b" + imported.group(2) + "\\b").matcher(text).find()) {
                packages.add(imported.group(1));
            }
        }
        return packages;
    }
}
