package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a folder holds, each path with all that is kept of it, and what it should hold after a restore. */
record FolderModel(Map<String, Node> nodes) {
    /**
     * @param type of {@link FileState}
     * @param file the same for names of one file; null for all but files
     */
    record Node(int type, String text, String file) {
        /** Restored files are others than those that stay, even if they were the same once. */
        private Node restored() {
            return new Node(type, text, file == null ? null : "new " + file);
        }
    }

    static FolderModel of(Path folder) throws IOException {
        Map<String, Node> nodes = new TreeMap<>();
        new TreeWalk(folder, path -> false, (key, path, state) -> nodes.put(new String(key, UTF_8), node(path, state)))
                .run();
        return new FolderModel(nodes);
    }

    private static Node node(Path path, FileState state) throws IOException {
        FileState.Holder holder = state.holder();
        String text = state.type() + " " + holder.owner() + ":" + holder.group();
        if (state.type() == FileState.LINK) {
            return new Node(state.type(), text + " to " + Files.readSymbolicLink(path), null);
        }
        text += " " + Integer.toOctalString(state.mode()) + " " + state.modified() + " "
                + new UserAttributes()
                        .read(path).entrySet().stream()
                                .map(each ->
                                        each.getKey() + "=" + HexFormat.of().formatHex(each.getValue()))
                                .toList();
        return state.type() == FileState.DIR
                ? new Node(state.type(), text, null)
                : new Node(
                        state.type(),
                        text + " " + state.size() + " " + Arrays.hashCode(Files.readAllBytes(path)),
                        holder.device() + "-" + state.inode());
    }

    FolderModel without(Predicate<Path> excluded) {
        Map<String, Node> rest = new TreeMap<>(nodes);
        rest.keySet().removeIf(path -> !path.isEmpty() && isExcluded(path, excluded));
        return new FolderModel(rest);
    }

    /** Whether a path is excluded and there, or below a folder of which that is true. */
    boolean isTouchedBy(String path, Predicate<Path> excluded) {
        return Stream.concat(Stream.of(path), above(path).stream())
                .anyMatch(each -> !each.isEmpty() && nodes.containsKey(each) && isExcluded(each, excluded));
    }

    /** Whether it holds what a range names, if it names anything. */
    boolean holds(KeyRange range, String name) {
        Part part = new Part(range);
        Node node = nodes.get(name);
        boolean isNamed = part.isOnePath() || part.isAllInOneFolder();
        return !isNamed || (node != null && (part.isOnePath() || node.type() == FileState.DIR));
    }

    /** Null if it would have to replace something that stays. */
    FolderModel after(FolderModel backup, KeyRange range, Predicate<Path> excluded) {
        Map<String, Node> result = new TreeMap<>();
        Set<String> untouchable = nodes.keySet().stream()
                .filter(path -> !path.isEmpty() && isExcluded(path, excluded))
                .collect(Collectors.toSet());
        for (String path : nodes.keySet()) {
            if (untouchable.contains(path) || !contains(range, path)) {
                result.put(path, nodes.get(path));
                for (String above : above(path)) {
                    result.put(above, nodes.get(above));
                }
            }
        }
        for (var coming : backup.nodes.entrySet()) {
            String path = coming.getKey();
            if (!contains(range, path)
                    || untouchable.contains(path)
                    || above(path).stream().anyMatch(untouchable::contains)) {
                continue;
            }
            Node stays = result.get(path);
            if (stays != null
                    && (stays.type() != FileState.DIR || coming.getValue().type() != FileState.DIR)) {
                return null;
            }
            for (String above : above(path)) {
                Node folder = result.computeIfAbsent(above, key -> new Node(FileState.DIR, "any", null));
                if (folder.type() != FileState.DIR) {
                    return null;
                }
            }
            result.put(path, coming.getValue().restored());
        }
        return new FolderModel(result);
    }

    private static boolean isExcluded(String path, Predicate<Path> excluded) {
        return excluded.test(Path.of(path))
                || above(path).stream().anyMatch(above -> !above.isEmpty() && excluded.test(Path.of(above)));
    }

    private static boolean contains(KeyRange range, String path) {
        return range.contains(path.getBytes(UTF_8));
    }

    private static Set<String> above(String path) {
        Set<String> folders = new TreeSet<>();
        for (int at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
            folders.add(path.substring(0, at));
        }
        if (!path.isEmpty()) {
            folders.add("");
        }
        return folders;
    }

    /** Every path with what it is, and which paths are one file; folders of which nothing is known are not compared. */
    Map<String, String> describe(FolderModel known) {
        Map<String, Set<String>> names = new TreeMap<>();
        nodes.forEach((path, node) -> {
            if (node.file() != null) {
                names.computeIfAbsent(node.file(), file -> new TreeSet<>()).add(path);
            }
        });
        Map<String, String> texts = new TreeMap<>();
        nodes.forEach((path, node) -> {
            Node other = known.nodes.get(path);
            boolean any =
                    node.text().equals("any") || (other != null && other.text().equals("any"));
            texts.put(path, any ? "any" : node.text() + (node.file() == null ? "" : " " + names.get(node.file())));
        });
        return texts;
    }
}
