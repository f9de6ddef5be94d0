package io.kvbackup.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows with aligned columns. A heading that begins with {@code >} aligns its column to the right. */
final class Table {
    private final String[] headings;
    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        this.headings = headings;
    }

    void row(String... cells) {
        rows.add(cells);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void printTo(PrintStream out) {
        String[] shown = new String[headings.length];
        int[] widths = new int[headings.length];
        for (int i = 0; i < headings.length; i++) {
            shown[i] = isRight(i) ? headings[i].substring(1) : headings[i];
            widths[i] = width(shown[i]);
        }
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        out.println(line(shown, widths));
        rows.forEach(row -> out.println(line(row, widths)));
    }

    private boolean isRight(int column) {
        return headings[column].startsWith(">");
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String pad = " ".repeat(widths[i] - width(cells[i]));
            line.append(i == 0 ? "" : "  ").append(isRight(i) ? pad + cells[i] : cells[i] + pad);
        }
        return line.toString().stripTrailing();
    }
}
