package org.mmkit.replay.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.Diagnostic;
import org.mmkit.replay.reader.Diagnostics;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.EventLog;
import org.mmkit.replay.reader.ProcessTable;
import org.mmkit.replay.reader.Recording;

/** The comparison as a person in a terminal reads it: what was replayed, whether to trust it, the table, what to do. Thread-safe. */
public final class TerminalReport {

    private static final int WIDTH = 110;

    private final boolean detailed;

    /** With the short table, or with every figure when {@code detailed}. */
    public TerminalReport(boolean detailed) {
        this.detailed = detailed;
    }

    /** Prints everything but the line that names the HTML page. */
    public void print(Comparison comparison, PrintWriter out) {
        out.println(headline(comparison.recording()));
        printSelfCheck(comparison.selfCheck(), out);
        printProblems(comparison.recording(), out);
        comparison.results().stream().flatMap(r -> r.warnings().stream()).distinct().forEach(w -> out.println("! " + w));
        out.println();
        printTable(comparison, out);
        out.println();
        wrap(comparison.advice().verdict() + " " + String.join(" ", comparison.advice().reasons()), "", out);
        for (String fact : comparison.programFacts()) {
            wrap(fact, "", out);
        }
        for (String limit : comparison.advice().limits()) {
            wrap(limit, "", out);
        }
        String label = "Apply:  ";
        for (String command : comparison.advice().commands()) {
            out.println(label + command);
            label = "        ";
        }
    }

    /** {@code redis-server and 8 more processes, 14,783 page faults in 3.1 s, recorded with THP off}. */
    public static String headline(Recording recording) {
        ProcessTable processes = recording.processes();
        int more = processes.size() - 1;
        return mainProgram(recording)
                + (more <= 0 ? "" : " and " + more + " more process" + (more == 1 ? "" : "es"))
                + ", " + Figures.count(recording.userFaults()) + " page faults in " + Figures.seconds(recording.duration())
                + ", recorded with huge pages off";
    }

    /** Name of the process that faulted most. */
    static String mainProgram(Recording recording) {
        EventLog events = recording.events();
        long[] faults = new long[Math.max(1, recording.processes().size())];
        int best = 0;
        for (int i = 0; i < events.size(); i++) {
            if (events.kind(i) == EventKind.FAULT_USER && ++faults[events.process(i)] > faults[best]) {
                best = events.process(i);
            }
        }
        return recording.processes().size() == 0 ? "nothing" : recording.processes().get(best).name();
    }

    private static void printSelfCheck(SelfCheck check, PrintWriter out) {
        StringBuilder text = new StringBuilder("self-check   ")
                .append(Figures.count(check.reproduced())).append(" of ").append(Figures.count(check.recorded()))
                .append(" faults reproduced");
        if (check.raced() > 0) {
            text.append(" (").append(Figures.count(check.raced())).append(" of them taken by two threads at once)");
        }
        out.println(text);
        check.differences().stream().limit(3).forEach(d -> out.println("             line " + d.line() + ": " + d.what()));
        if (!check.isSound()) {
            out.println("             Less than 99.5 %: the figures below may mislead.");
        }
    }

    private static void printProblems(Recording recording, PrintWriter out) {
        Diagnostics d = recording.diagnostics();
        for (Diagnostic problem : d.places()) {
            out.println("! " + problem.format(recording.source()));
        }
        for (Map.Entry<String, Long> kind : d.counts().entrySet()) {
            if (kind.getValue() > Diagnostics.PLACES_PER_KIND) {
                out.println("! " + kind.getKey() + ": " + Figures.count(kind.getValue()) + " times in all");
            }
        }
    }

    private void printTable(Comparison comparison, PrintWriter out) {
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        for (PolicyResult r : comparison.results()) {
            head.add(title(r.policy().name()));
        }
        cells.add(head);
        for (Row row : Row.of(comparison)) {
            if (row.main() || detailed) {
                List<String> line = new ArrayList<>(List.of(row.title()));
                comparison.results().forEach(r -> line.add(row.value().apply(r)));
                cells.add(line);
            }
        }
        int[] width = new int[head.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < line.size(); i++) {
                width[i] = Math.max(width[i], line.get(i).length());
            }
        }
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                String pad = " ".repeat(width[i] - line.get(i).length());
                text.append(i == 0 ? line.get(i) + pad : "   " + pad + line.get(i));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    /** {@code mthp64} reads better as {@code 64 kB}. */
    static String title(String policy) {
        return policy.matches("mthp[0-9]+") ? policy.substring(4) + " kB" : policy;
    }

    private static void wrap(String text, String indent, PrintWriter out) {
        StringBuilder line = new StringBuilder(indent);
        for (String word : text.strip().split(" ")) {
            if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(indent);
            }
            line.append(line.length() > indent.length() ? " " : "").append(word);
        }
        if (line.length() > indent.length()) {
            out.println(line);
        }
    }
}
