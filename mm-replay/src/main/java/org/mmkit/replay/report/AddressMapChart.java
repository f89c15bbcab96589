package org.mmkit.replay.report;

import java.util.List;
import java.util.Locale;
import org.mmkit.replay.model.MapCell;
import org.mmkit.replay.model.PolicyResult;

/**
 * The address space of the largest process at the peak as SVG, one square per 2 MiB: what is huge, what was touched, what is waste. Not
 * thread-safe; used once.
 */
final class AddressMapChart {

    private static final int CELL = 14;
    private static final int GAP = 2;
    private static final int PER_ROW = 56;
    private static final int PAGES = 512;
    private static final int MAX_CELLS = 4096;

    private AddressMapChart() {}

    static void write(PolicyResult result, StringBuilder out) {
        List<MapCell> cells = result.map();
        out.append("<figure><figcaption>").append(HtmlReport.escape(TerminalReport.title(result.policy().name()))).append(": ")
                .append(summary(cells)).append("</figcaption>\n");
        if (cells.isEmpty()) {
            out.append("</figure>\n");
            return;
        }
        StringBuilder body = new StringBuilder();
        int x = 0;
        int y = 14;
        long expected = -1;
        int drawn = 0;
        for (MapCell c : cells) {
            if (drawn++ == MAX_CELLS) {
                break;
            }
            if (c.address() != expected) {
                y += expected < 0 ? 0 : CELL + GAP + 18;
                x = 0;
                body.append(String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">0x%x</text>%n", y - 3, c.address()));
            } else if (x == PER_ROW) {
                x = 0;
                y += CELL + GAP;
            }
            cell(c, x * (CELL + GAP), y, body);
            x++;
            expected = c.address() + ((long) PAGES << 12);
        }
        out.append("<svg viewBox=\"0 0 ").append(PER_ROW * (CELL + GAP)).append(' ').append(y + CELL + 4)
                .append("\" role=\"img\" aria-label=\"address space\">\n").append(body).append("</svg></figure>\n");
    }

    /** From the bottom: huge or large, touched; then touched in pages; then waste; the rest is mapped and empty. */
    private static void cell(MapCell c, int x, int y, StringBuilder out) {
        int largeTouched = Math.min(c.largeFolioPages(), c.touchedPages());
        if (c.largeFolioPages() < c.residentPages()) {
            largeTouched = (int) Math.round((double) c.touchedPages() * c.largeFolioPages() / Math.max(1, c.residentPages()));
        }
        int smallTouched = c.touchedPages() - largeTouched;
        int waste = Math.max(0, c.residentPages() - c.touchedPages());
        out.append(String.format(Locale.ROOT, "<g><title>0x%x: %d pages present, %d touched, %d in 2 MB mappings, %d in large folios</title>",
                c.address(), c.residentPages(), c.touchedPages(), c.hugePages(), c.largeFolioPages()));
        out.append(String.format(Locale.ROOT, "<rect class=\"empty\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, y, CELL, CELL));
        double bottom = y + CELL;
        bottom = band(c.hugePages() > 0 ? "huge" : "large", largeTouched, x, bottom, out);
        bottom = band("small", smallTouched, x, bottom, out);
        band("waste", waste, x, bottom, out);
        out.append("</g>\n");
    }

    private static double band(String type, int pages, int x, double bottom, StringBuilder out) {
        if (pages <= 0) {
            return bottom;
        }
        double height = Math.max(0.7, (double) CELL * pages / PAGES);
        out.append(String.format(Locale.ROOT, "<rect class=\"%s\" x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%.2f\"/>", type, x, bottom - height, CELL, height));
        return bottom - height;
    }

    private static String summary(List<MapCell> cells) {
        long resident = 0;
        long touched = 0;
        long huge = 0;
        for (MapCell c : cells) {
            resident += c.residentPages();
            touched += c.touchedPages();
            huge += c.hugePages();
        }
        return Figures.size(resident * 4) + " of anonymous memory, " + Figures.size(huge * 4) + " in 2 MB mappings, "
                + Figures.size(Math.max(0, resident - touched) * 4) + " never touched";
    }
}
