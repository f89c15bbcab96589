package org.mmkit.replay.report;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.function.Function;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.replay.model.AccessComparison;
import org.mmkit.replay.model.AccessComparison.Result;
import org.mmkit.replay.tlb.TlbReach;

/** Prints {@link AccessComparison}s as text and as JSON. Thread-safe. */
public final class AccessReport {

    private static final int LABEL = 22;
    private static final int CELL = 14;

    /** A report. */
    public AccessReport() {}

    /** Prints the comparison as a person reads it. */
    public void print(AccessComparison c, PrintWriter out) {
        out.println(c.trace() + ": " + Figures.count(c.accesses()) + " data accesses to " + Figures.count(c.pages()) + " pages in " + c.areas() + " areas"
                + (isMany(c) ? ", " + c.processes() + (c.processes() == 1 ? " process" : " processes") + " on " + c.processors()
                        + (c.processors() == 1 ? " processor" : " processors") : "")
                + (c.fetches() > 0 ? "; " + Figures.count(c.fetches()) + " instruction fetches left out" : ""));
        out.println("processor    " + processor(c.geometry()) + (c.hostPage() > 0 ? "; host pages of " + Figures.count(c.hostPage() >>> 10) + " kB" : ""));
        out.println();
        row(c, "", r -> r.policy().name(), out);
        row(c, "page faults", r -> Figures.count(r.faults()), out);
        row(c, "mapped huge", r -> Figures.count(r.hugeKb()) + " kB", out);
        row(c, "first-level misses", r -> Figures.count(r.counts().firstLevelMisses()), out);
        row(c, "page walks", r -> Figures.count(r.counts().walks()), out);
        row(c, "walks per 1000", r -> decimal(r.counts().walksPerThousand()), out);
        row(c, "references", r -> Figures.count(r.counts().references()), out);
        if (c.hostPage() > 0) {
            row(c, "of these nested", r -> Figures.count(r.counts().nestedReferences()), out);
        }
        row(c, "references per walk", r -> decimal(r.counts().referencesPerWalk()), out);
        if (isMany(c)) {
            row(c, "context switches", r -> Figures.count(r.spaces().switches()), out);
            row(c, "of these flushed", r -> Figures.count(r.spaces().flushes()), out);
            row(c, "shootdowns", r -> Figures.count(r.spaces().shootdowns()), out);
            row(c, "interrupts for them", r -> Figures.count(r.spaces().interrupts()), out);
        }
        row(c, "reach at best", r -> Figures.count(TlbReach.of(r.residentKb(), r.hugeKb(), c.geometry()).reachKb()) + " kB", out);
        out.println();
        out.println("Each stretch of touched pages counts as one mapping; without mappings in a trace, no program asked for or against huge pages.");
        out.println("No time passes between accesses: khugepaged does not run.");
    }

    private static boolean isMany(AccessComparison c) {
        return c.processes() > 1 || c.processors() > 1;
    }

    private static void row(AccessComparison c, String label, Function<Result, String> cell, PrintWriter out) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-" + LABEL + "s", label));
        for (Result r : c.results()) {
            line.append(String.format(Locale.ROOT, "%" + CELL + "s", cell.apply(r)));
        }
        out.println(line.toString().stripTrailing());
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String processor(MmuGeometry geometry) {
        StringJoiner text = new StringJoiner(", ");
        geometry.tlbs().forEach(t -> text.add(t.name() + " " + t.entries() + "/" + t.ways()));
        if (!geometry.walkCaches().isEmpty()) {
            text.add("walk caches " + geometry.walkCaches().stream().map(String::valueOf).collect(Collectors.joining("+")));
        }
        return text.toString();
    }

    /** Writes the comparisons as a JSON array. */
    public void write(List<AccessComparison> comparisons, PrintWriter out) throws IOException {
        JsonWriter json = new JsonWriter(out);
        json.setIndent("  ");
        json.beginArray();
        for (AccessComparison c : comparisons) {
            write(c, json);
        }
        json.endArray();
        json.flush();
        out.println();
    }

    private static void write(AccessComparison c, JsonWriter json) throws IOException {
        json.beginObject().name("trace").value(c.trace());
        json.name("accesses").value(c.accesses()).name("fetches_left_out").value(c.fetches());
        json.name("other_lines").value(c.otherLines()).name("pages").value(c.pages()).name("areas").value(c.areas());
        json.name("processes").value(c.processes()).name("processors").value(c.processors());
        json.name("host_page_bytes").value(c.hostPage());
        json.name("tlbs").beginArray();
        for (MmuGeometry.Tlb t : c.geometry().tlbs()) {
            json.beginObject().name("name").value(t.name()).name("level").value(t.cacheLevel()).name("entries").value(t.entries());
            json.name("ways").value(t.ways()).endObject();
        }
        json.endArray().name("policies").beginArray();
        for (Result r : c.results()) {
            json.beginObject().name("policy").value(r.policy().name()).name("page_faults").value(r.faults());
            json.name("resident_kb").value(r.residentKb()).name("huge_kb").value(r.hugeKb());
            json.name("translations").value(r.counts().accesses()).name("first_level_misses").value(r.counts().firstLevelMisses());
            json.name("walks").value(r.counts().walks()).name("references").value(r.counts().references());
            json.name("nested_references").value(r.counts().nestedReferences());
            json.name("levels_skipped").value(r.counts().skipped()).name("invalidations").value(r.counts().invalidations());
            json.name("context_switches").value(r.spaces().switches()).name("flushes_at_switches").value(r.spaces().flushes());
            json.name("shootdowns").value(r.spaces().shootdowns()).name("shootdown_interrupts").value(r.spaces().interrupts());
            json.name("reach_kb").value(TlbReach.of(r.residentKb(), r.hugeKb(), c.geometry()).reachKb()).endObject();
        }
        json.endArray().endObject();
    }
}
