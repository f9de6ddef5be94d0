package io.kvbackup.examples.folders;

import io.kvbackup.examples.http.HttpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code config.ini}: sections of lines {@code key = value}, with comments after {@code #} or {@code ;}. It is read
 * anew for each request, so that a change needs no restart. Safe for use by several threads.
 */
final class ConfigFile {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFile.class);
    private static final Pattern HEADING = Pattern.compile("\\s*\\[([^\\]]*)\\]\\s*(?:[#;].*)?");
    private static final Pattern SETTING = Pattern.compile("\\s*([^=:#;\\s]+)\\s*[=:]\\s*(.*?)\\s*");
    private static final Pattern COMMENT = Pattern.compile("(?:^|\\s+)[#;].*$");

    private final Path file;

    ConfigFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    Path folder() {
        return Optional.ofNullable(file.getParent()).orElseThrow();
    }

    Set<String> names() throws IOException {
        return values(Files.readAllLines(file)).keySet();
    }

    /** All sections that make sense; the log tells of the others. */
    List<Section> sections() throws IOException {
        List<Section> sections = new ArrayList<>();
        for (Map.Entry<String, Map<String, String>> each :
                values(Files.readAllLines(file)).entrySet()) {
            try {
                sections.add(Section.of(each.getKey(), each.getValue(), folder()));
            } catch (HttpError e) {
                LOG.warn("{}; it is not backed up", e.getMessage());
            }
        }
        return sections;
    }

    /** The section of a name, if there is one. */
    Optional<Section> find(String name) throws IOException {
        return Optional.ofNullable(values(Files.readAllLines(file)).get(name))
                .map(values -> Section.of(name, values, folder()));
    }

    static HttpError invalid(String what) {
        return new HttpError(500, "CONFIG_INVALID", "config.ini, " + what);
    }

    private static Map<String, Map<String, String>> values(List<String> lines) {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher heading = HEADING.matcher(lines.get(i));
            if (heading.matches()) {
                values = sections.computeIfAbsent(heading.group(1).strip(), name -> new LinkedHashMap<>());
                continue;
            }
            String text = COMMENT.matcher(lines.get(i)).replaceFirst("");
            Matcher setting = SETTING.matcher(text);
            if (setting.matches()) {
                values.put(setting.group(1), setting.group(2));
            } else if (!text.isBlank()) {
                throw invalid("line " + (i + 1) + ": neither a [section] nor key = value");
            }
        }
        return sections;
    }

    /** Notes the day of the newest backup; all else stays as it is, comments too. */
    synchronized void setDateLast(String section, LocalDate day) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        String line = "date_last = " + day.format(Section.DAY);
        int at = -1;
        boolean inside = false;
        for (int i = 0; i < lines.size(); i++) {
            Matcher heading = HEADING.matcher(lines.get(i));
            Matcher setting = SETTING.matcher(COMMENT.matcher(lines.get(i)).replaceFirst(""));
            if (heading.matches()) {
                inside = heading.group(1).strip().equals(section);
                at = inside ? i + 1 : at;
            } else if (inside && setting.matches() && setting.group(1).equals("date_last")) {
                Matcher comment = COMMENT.matcher(lines.get(i));
                lines.set(i, line + (comment.find() ? comment.group() : ""));
                at = -1;
                break;
            } else if (inside && setting.matches()) {
                at = i + 1;
            }
        }
        if (at >= 0) {
            lines.add(at, line);
        }
        DurableFiles.write(file, String.join("\n", lines) + "\n");
    }
}
