package org.mmkit.replay.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import org.mmkit.replay.cost.CostEstimate;
import org.mmkit.replay.model.Advice;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.FolioCount;
import org.mmkit.replay.model.HugetlbFigures;
import org.mmkit.replay.model.MemoryFigures;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.Diagnostic;
import org.mmkit.replay.reader.Recording;

/**
 * The comparison as JSON, {@code schemaVersion} 1. Fields are only ever added within a version; sizes end in {@code Kb} and are KiB. Thread-safe.
 */
public final class JsonReport {

    /** Version of the schema. */
    public static final int SCHEMA_VERSION = 1;

    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** Creates the writer. */
    public JsonReport() {}

    /** Writes one comparison. */
    public void write(Comparison comparison, PrintWriter out) {
        GSON.toJson(document(comparison), out);
        out.println();
    }

    /** Writes several as an array. */
    public void write(java.util.List<Comparison> comparisons, PrintWriter out) {
        if (comparisons.size() == 1) {
            write(comparisons.get(0), out);
            return;
        }
        JsonArray all = new JsonArray();
        comparisons.forEach(c -> all.add(document(c)));
        GSON.toJson(all, out);
        out.println();
    }

    private static JsonObject document(Comparison comparison) {
        Recording recording = comparison.recording();
        JsonObject json = new JsonObject();
        json.addProperty("schemaVersion", SCHEMA_VERSION);
        json.addProperty("recording", recording.name());
        json.add("source", source(recording));
        json.add("selfCheck", selfCheck(comparison.selfCheck()));
        JsonArray policies = new JsonArray();
        comparison.results().forEach(r -> policies.add(policy(r)));
        json.add("policies", policies);
        json.add("advice", advice(comparison.advice()));
        JsonArray facts = new JsonArray();
        comparison.programFacts().forEach(facts::add);
        json.add("programFacts", facts);
        return json;
    }

    private static JsonObject source(Recording recording) {
        JsonObject json = new JsonObject();
        json.addProperty("file", recording.source());
        json.addProperty("format", recording.format());
        json.addProperty("lines", recording.lines());
        json.addProperty("events", recording.events().size());
        json.addProperty("processes", recording.processes().size());
        json.addProperty("userFaults", recording.userFaults());
        json.addProperty("kernelFaults", recording.kernelFaults());
        json.addProperty("durationSeconds", recording.duration() / 1e9);
        json.addProperty("skippedLines", recording.diagnostics().skippedLines());
        json.addProperty("lostEvents", recording.diagnostics().lostEvents());
        json.addProperty("misleading", recording.diagnostics().isMisleading());
        JsonArray problems = new JsonArray();
        for (Diagnostic d : recording.diagnostics().places()) {
            JsonObject p = new JsonObject();
            p.addProperty("severity", d.severity().name());
            p.addProperty("line", d.line());
            p.addProperty("problem", d.problem());
            p.addProperty("remedy", d.remedy());
            problems.add(p);
        }
        json.add("problems", problems);
        return json;
    }

    private static JsonObject selfCheck(SelfCheck check) {
        JsonObject json = new JsonObject();
        json.addProperty("recorded", check.recorded());
        json.addProperty("reproduced", check.reproduced());
        json.addProperty("racedBetweenThreads", check.raced());
        json.addProperty("learnedAboutPageCache", check.learned());
        json.addProperty("anonymousRecorded", check.anonymousRecorded());
        json.addProperty("anonymousReproduced", check.anonymousReproduced());
        json.addProperty("kernelRecorded", check.kernelRecorded());
        json.addProperty("kernelReproduced", check.kernelReproduced());
        JsonArray differences = new JsonArray();
        for (SelfCheck.Difference d : check.differences()) {
            JsonObject o = new JsonObject();
            o.addProperty("line", d.line());
            o.addProperty("what", d.what());
            differences.add(o);
        }
        json.add("differences", differences);
        return json;
    }

    private static JsonObject policy(PolicyResult r) {
        JsonObject json = new JsonObject();
        json.addProperty("policy", r.policy().name());
        json.addProperty("kernel", r.policy().host().kernel());
        json.addProperty("pagePolicy", r.policy().host().pagePolicy());
        json.addProperty("userFaults", r.faults().user());
        json.addProperty("kernelFaults", r.faults().kernel());
        json.addProperty("anonymousFaults", r.faults().anonymous());
        json.addProperty("zeroPageFaults", r.faults().zeroPage());
        json.addProperty("fileFaults", r.faults().file());
        json.addProperty("copyOnWriteFaults", r.faults().copyOnWrite());
        json.addProperty("copyOnWriteAfterFork", r.work().copiesAfterFork());
        json.addProperty("reuseFaults", r.faults().reuse());
        json.addProperty("racedFaults", r.faults().raced());
        json.addProperty("unansweredFaults", r.faults().unanswered());
        JsonObject folios = new JsonObject();
        JsonObject fallbacks = new JsonObject();
        for (FolioCount f : r.folios()) {
            folios.addProperty(f.sizeKb() + "kB", f.faulted());
            fallbacks.addProperty(f.sizeKb() + "kB", f.fallback());
        }
        json.add("foliosFaulted", folios);
        json.add("fallbacks", fallbacks);
        memory(r.memory(), json);
        json.addProperty("bytesZeroed", r.work().bytesZeroed());
        json.addProperty("bytesCopied", r.work().bytesCopied());
        json.addProperty("pmdSplits", r.work().pmdSplits());
        json.addProperty("folioSplits", r.work().folioSplits());
        json.addProperty("collapses", r.work().collapses());
        if (r.hugetlb().isUsed()) {
            json.add("hugetlb", hugetlb(r.hugetlb()));
        }
        json.add("tlb", tlb(r));
        json.add("timeInFaults", cost(r.cost()));
        JsonArray warnings = new JsonArray();
        r.warnings().forEach(warnings::add);
        json.add("warnings", warnings);
        return json;
    }

    private static void memory(MemoryFigures m, JsonObject json) {
        json.addProperty("maxRssKb", m.maxRss());
        json.addProperty("peakTotalRssKb", m.peakTotal());
        json.addProperty("finalRssKb", m.finalTotal());
        json.addProperty("peakAnonymousKb", m.peakAnonymous());
        json.addProperty("peakAnonHugeKb", m.peakAnonHuge());
        json.addProperty("hugeShareAtPeak", m.hugeShare());
        json.addProperty("largeFolioKbAtPeak", m.largeFolioAtPeak());
        json.addProperty("bloatKb", m.bloat());
        json.addProperty("bloatAtPeakKb", m.bloatAtPeak());
        json.addProperty("peakPageTablesKb", m.peakPageTables());
    }

    private static JsonObject hugetlb(HugetlbFigures h) {
        JsonObject json = new JsonObject();
        json.add("poolPages", pages(h.pool()));
        json.add("neededPages", pages(h.needed()));
        json.addProperty("faults", h.faults());
        json.addProperty("cleared", h.cleared());
        json.addProperty("copies", h.copies());
        json.addProperty("refusedMappings", h.refused());
        json.addProperty("sigbus", h.signals());
        return json;
    }

    private static JsonObject pages(Map<Long, Long> bySize) {
        JsonObject json = new JsonObject();
        new TreeMap<>(bySize).forEach((bytes, pages) -> json.addProperty((bytes >> 10) + "kB", pages));
        return json;
    }

    private static JsonObject tlb(PolicyResult r) {
        JsonObject json = new JsonObject();
        json.addProperty("translations", r.tlb().translations());
        json.addProperty("entries", r.tlb().entries());
        json.addProperty("reachKb", r.tlb().reachKb());
        json.addProperty("share", r.tlb().share());
        return json;
    }

    private static JsonObject cost(CostEstimate cost) {
        JsonObject json = new JsonObject();
        json.addProperty("lowNs", cost.low());
        json.addProperty("highNs", cost.high());
        JsonArray parts = new JsonArray();
        for (CostEstimate.Part p : cost.parts()) {
            JsonObject o = new JsonObject();
            o.addProperty("constant", p.constant());
            o.addProperty("count", p.count());
            o.addProperty("lowNs", p.low());
            o.addProperty("highNs", p.high());
            parts.add(o);
        }
        json.add("parts", parts);
        return json;
    }

    private static JsonObject advice(Advice advice) {
        JsonObject json = new JsonObject();
        json.addProperty("policy", advice.policy());
        json.addProperty("verdict", advice.verdict());
        JsonArray reasons = new JsonArray();
        advice.reasons().forEach(reasons::add);
        json.add("reasons", reasons);
        JsonArray limits = new JsonArray();
        advice.limits().forEach(limits::add);
        json.add("limits", limits);
        JsonArray commands = new JsonArray();
        advice.commands().forEach(commands::add);
        json.add("apply", commands);
        return json;
    }
}
