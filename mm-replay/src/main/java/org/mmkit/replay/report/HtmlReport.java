package org.mmkit.replay.report;

import java.io.PrintWriter;
import java.util.List;
import org.mmkit.replay.cost.CostEstimate;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.Diagnostic;

/** The comparison as one HTML page that needs nothing else: tables, charts over time, and the map of the address space. Thread-safe. */
public final class HtmlReport {

    /** Line colours, told apart also by people who see colours differently (Okabe and Ito's palette). */
    static final String[] COLOURS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"};

    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
            h1{font-size:1.4em;margin-bottom:.2em}h2{font-size:1.1em;margin-top:2em}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{padding:.25em .6em;text-align:right;border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}
            tr.main td{font-weight:600}pre{background:#f4f4f4;padding:.7em;overflow:auto}
            .advice{border-left:4px solid #0072b2;padding:.3em 1em;background:#f2f8fc}.bad{border-color:#d55e00;background:#fdf4ee}
            svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#555}figure{margin:1em 0}figcaption{font-weight:600}
            polyline{fill:none;stroke-width:2}line.grid{stroke:#e3e3e3}
            rect.empty{fill:#f0f0f0}rect.huge{fill:#0072b2}rect.large{fill:#56b4e9}rect.small{fill:#009e73}rect.waste{fill:#d55e00}
            .key span{display:inline-block;margin-right:1.2em}.key i{display:inline-block;width:1em;height:.8em;margin-right:.4em}
            """;

    /** Creates the writer. */
    public HtmlReport() {}

    /** Writes the page; {@code model} supplies the sources of the costs. */
    public void write(Comparison comparison, CostModel model, PrintWriter out) {
        StringBuilder page = new StringBuilder(1 << 16);
        String title = comparison.recording().name() + ": huge pages compared";
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(escape(title)).append("</title>\n<style>\n").append(STYLE);
        for (int i = 0; i < COLOURS.length; i++) {
            page.append("polyline.p").append(i).append("{stroke:").append(COLOURS[i]).append("}i.p").append(i).append("{background:").append(COLOURS[i]).append("}\n");
        }
        page.append("</style></head><body>\n<h1>").append(escape(title)).append("</h1>\n<p>")
                .append(escape(TerminalReport.headline(comparison.recording()))).append("</p>\n");
        advice(comparison, page);
        trust(comparison, page);
        table(comparison, page);
        charts(comparison.results(), page);
        maps(comparison.results(), page);
        costs(comparison, model, page);
        page.append("</body></html>\n");
        out.print(page);
    }

    private static void advice(Comparison comparison, StringBuilder page) {
        page.append("<div class=\"advice\"><p><strong>").append(escape(comparison.advice().verdict())).append("</strong> ")
                .append(escape(String.join(" ", comparison.advice().reasons()))).append("</p>");
        comparison.programFacts().forEach(f -> page.append("<p>").append(escape(f)).append("</p>"));
        comparison.advice().limits().forEach(f -> page.append("<p>").append(escape(f)).append("</p>"));
        if (!comparison.advice().commands().isEmpty()) {
            page.append("<pre>").append(escape(String.join("\n", comparison.advice().commands()))).append("</pre>");
        }
        page.append("</div>\n");
    }

    private static void trust(Comparison comparison, StringBuilder page) {
        SelfCheck check = comparison.selfCheck();
        page.append("<h2>Can it be trusted?</h2>\n<p>Replayed under the recording's own settings, the model took ")
                .append(Figures.count(check.reproduced())).append(" of ").append(Figures.count(check.recorded()))
                .append(" recorded page faults, at the same addresses");
        if (check.raced() > 0) {
            page.append("; ").append(Figures.count(check.raced())).append(" of them were taken by two threads at once");
        }
        page.append(".</p>\n");
        if (!check.differences().isEmpty() || !comparison.recording().diagnostics().places().isEmpty()) {
            page.append("<div class=\"advice bad\"><ul>");
            for (SelfCheck.Difference d : check.differences()) {
                page.append("<li>line ").append(d.line()).append(": ").append(escape(d.what())).append("</li>");
            }
            for (Diagnostic d : comparison.recording().diagnostics().places()) {
                page.append("<li>").append(escape(d.format("the recording"))).append("</li>");
            }
            page.append("</ul></div>\n");
        }
    }

    private static void table(Comparison comparison, StringBuilder page) {
        page.append("<h2>Policies</h2>\n<table><tr><th></th>");
        comparison.results().forEach(r -> page.append("<th>").append(escape(TerminalReport.title(r.policy().name()))).append("</th>"));
        page.append("</tr>\n");
        for (Row row : Row.of(comparison)) {
            page.append(row.main() ? "<tr class=\"main\">" : "<tr>").append("<td title=\"").append(escape(row.explanation())).append("\">")
                    .append(escape(row.title().strip())).append("</td>");
            comparison.results().forEach(r -> page.append("<td>").append(escape(row.value().apply(r))).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
        for (PolicyResult r : comparison.results()) {
            r.warnings().forEach(w -> page.append("<p>").append(escape(TerminalReport.title(r.policy().name()) + ": " + w)).append("</p>\n"));
        }
    }

    private static void charts(List<PolicyResult> results, StringBuilder page) {
        page.append("<h2>Over time</h2>\n<p class=\"key\">");
        for (int i = 0; i < results.size(); i++) {
            page.append("<span><i class=\"p").append(i % COLOURS.length).append("\"></i>")
                    .append(escape(TerminalReport.title(results.get(i).policy().name()))).append("</span>");
        }
        page.append("</p>\n");
        new LineChart("Resident memory of all processes", results, p -> p.rss(), false).write(page);
        new LineChart("Share of anonymous memory in 2 MB mappings", results,
                p -> p.anonymous() == 0 ? 0 : Math.min(1, (double) p.huge() / p.anonymous()), true).write(page);
    }

    private static void maps(List<PolicyResult> results, StringBuilder page) {
        page.append("<h2>Address space at the peak</h2>\n<p>Anonymous memory of the largest process; one square is 2 MB.</p>\n<p class=\"key\">")
                .append("<span><i style=\"background:#0072b2\"></i>touched, in a 2 MB mapping</span>")
                .append("<span><i style=\"background:#56b4e9\"></i>touched, in a smaller large folio</span>")
                .append("<span><i style=\"background:#009e73\"></i>touched, in 4 kB pages</span>")
                .append("<span><i style=\"background:#d55e00\"></i>backed, never touched</span>")
                .append("<span><i style=\"background:#f0f0f0\"></i>mapped, empty</span></p>\n");
        results.forEach(r -> AddressMapChart.write(r, page));
    }

    private static void costs(Comparison comparison, CostModel model, StringBuilder page) {
        page.append("<h2>Time in faults</h2>\n<p>Counts from the replay, times from the cost model below. Ratios are worth more than the times.</p>\n<table><tr><th></th>");
        comparison.results().forEach(r -> page.append("<th>").append(escape(TerminalReport.title(r.policy().name()))).append("</th>"));
        page.append("<th>each</th></tr>\n");
        for (CostModel.Constant c : model.constants()) {
            page.append("<tr><td title=\"").append(escape(c.source())).append("\">").append(escape(c.name().replace('_', ' '))).append("</td>");
            for (PolicyResult r : comparison.results()) {
                String value = "";
                for (CostEstimate.Part p : r.cost().parts()) {
                    if (p.constant().equals(c.name())) {
                        value = Figures.count(p.count()) + ": " + Figures.span(p.low(), p.high());
                    }
                }
                page.append("<td>").append(escape(value)).append("</td>");
            }
            page.append("<td>").append(escape(Figures.span(c.low(), c.high()))).append("</td></tr>\n");
        }
        page.append("</table>\n<p>").append(escape(CostModel.STANDARD_SOURCE)).append("</p>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
