package org.mmkit.replay.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.TimelinePoint;

/** One line per policy over the time of the recording, as SVG. Not thread-safe; used once. */
final class LineChart {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 240;
    private static final int LEFT = 80;
    private static final int BOTTOM = 30;
    private static final int TOP = 12;

    private final String title;
    private final List<PolicyResult> results;
    private final ToDoubleFunction<TimelinePoint> value;
    private final boolean share;

    /** {@code share} when values run from 0 to 1; otherwise they are KiB. */
    LineChart(String title, List<PolicyResult> results, ToDoubleFunction<TimelinePoint> value, boolean share) {
        this.title = title;
        this.results = results;
        this.value = value;
        this.share = share;
    }

    void write(StringBuilder out) {
        double lastSecond = 1e-9;
        double top = share ? 1 : 1;
        for (PolicyResult r : results) {
            for (TimelinePoint p : r.timeline()) {
                lastSecond = Math.max(lastSecond, p.seconds());
                top = Math.max(top, value.applyAsDouble(p));
            }
        }
        double step = share ? 0.25 : niceStep(top);
        top = share ? 1 : Math.ceil(top / step) * step;
        out.append("<figure><figcaption>").append(title).append("</figcaption>\n<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT)
                .append("\" role=\"img\" aria-label=\"").append(title).append("\">\n");
        for (double v = 0; v <= top * 1.0001; v += step) {
            double y = y(v, top);
            line(out, "grid", LEFT, y, WIDTH - 10, y);
            text(out, "end", LEFT - 6, y + 4, share ? Math.round(v * 100) + " %" : Figures.size((long) v));
        }
        for (int i = 0; i <= 5; i++) {
            double x = x(lastSecond * i / 5, lastSecond);
            text(out, i == 0 ? "start" : i == 5 ? "end" : "middle", x, HEIGHT - 8, String.format(Locale.ROOT, lastSecond < 2 ? "%.2f s" : "%.1f s", lastSecond * i / 5));
        }
        for (int i = 0; i < results.size(); i++) {
            StringBuilder points = new StringBuilder();
            double before = Double.NaN;
            for (TimelinePoint p : results.get(i).timeline()) {
                double x = x(p.seconds(), lastSecond);
                double y = y(value.applyAsDouble(p), top);
                if (!Double.isNaN(before)) {
                    points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, before));
                }
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
                before = y;
            }
            out.append("<polyline class=\"p").append(i % HtmlReport.COLOURS.length).append("\" points=\"").append(points.toString().strip())
                    .append("\"><title>").append(HtmlReport.escape(TerminalReport.title(results.get(i).policy().name()))).append("</title></polyline>\n");
        }
        out.append("</svg></figure>\n");
    }

    /** 1, 2 or 5 times a power of two of KiB, so that the axis has four to eight lines. */
    private static double niceStep(double top) {
        double step = 1;
        while (top / step > 6) {
            step *= 2;
        }
        return step;
    }

    private static double x(double seconds, double last) {
        return LEFT + (WIDTH - 10 - LEFT) * seconds / last;
    }

    private static double y(double v, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * v / top;
    }

    private static void line(StringBuilder out, String type, double x1, double y1, double x2, double y2) {
        out.append(String.format(Locale.ROOT, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", type, x1, y1, x2, y2));
    }

    private static void text(StringBuilder out, String anchor, double x, double y, String text) {
        out.append(String.format(Locale.ROOT, "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", anchor, x, y, text));
    }
}
