package org.mmkit.replay.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import org.mmkit.api.Errno;
import org.mmkit.replay.plan.HugetlbPlan;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.plan.PoolTrial;
import org.mmkit.replay.plan.ShortageTrial;

/** A plan of HugeTLB pools as one JSON object; sizes in bytes. */
public final class PlanJson {

    private final Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** A writer of plans. */
    public PlanJson() {}

    /** Writes {@code plan}. */
    public void write(HugetlbPlan plan, PrintWriter out) {
        JsonObject o = new JsonObject();
        o.addProperty("workload", plan.title());
        o.addProperty("memory", plan.memoryBytes());
        o.addProperty("page_size", plan.pageBytes());
        o.addProperty("pages", plan.pages(plan.pageBytes()));
        o.addProperty("pages_in_use_already", plan.planned().stream().filter(MappingDemand::isExisting)
                .mapToLong(m -> m.pages(plan.pageBytes())).sum());
        JsonArray mappings = new JsonArray();
        plan.mappings().forEach(m -> mappings.add(mapping(m)));
        o.add("mappings", mappings);
        o.add("base_pages", pool(plan, plan.base()));
        JsonArray pools = new JsonArray();
        plan.pools().forEach(p -> pools.add(pool(plan, p)));
        o.add("pools", pools);
        JsonArray shortages = new JsonArray();
        plan.shortages().forEach(s -> shortages.add(shortage(plan, s)));
        o.add("one_page_short", shortages);
        plan.shortNow().ifPresent(figures -> {
            JsonObject now = new JsonObject();
            now.addProperty("refused_mappings", figures.refused());
            now.addProperty("sigbus", figures.signals());
            o.add("one_page_short_of_use", now);
        });
        o.addProperty("boot_parameters", plan.bootLine());
        JsonArray lines = new JsonArray();
        plan.sysctlLines().forEach(lines::add);
        o.add("sysctl", lines);
        o.addProperty("model_ran_with_one_part_in", plan.scale());
        out.println(gson.toJson(o));
    }

    private static JsonObject mapping(MappingDemand m) {
        JsonObject o = new JsonObject();
        o.addProperty("name", m.name());
        o.addProperty("start", "0x" + Long.toHexString(m.start()));
        o.addProperty("bytes", m.bytes());
        o.addProperty("touched", m.touchedBytes());
        o.addProperty("own", m.ownBytes());
        o.addProperty("touched_2m_blocks", m.touchedBlocks());
        o.addProperty("shared", m.shared());
        o.addProperty("hugetlb_page_size", m.hugeBytes());
        o.addProperty("planned", m.isWorthwhile());
        o.addProperty("objection", m.objection());
        o.addProperty("pages_2m", m.pages(2L << 20));
        o.addProperty("pages_1g", m.pages(1L << 30));
        return o;
    }

    private static JsonObject pool(HugetlbPlan plan, PoolTrial p) {
        JsonObject o = new JsonObject();
        o.addProperty("kernel", p.kernel());
        o.addProperty("page_size", p.pageBytes());
        o.addProperty("pages", p.pages());
        o.addProperty("allocated", p.got());
        o.addProperty("page_tables", p.tableBytes());
        o.addProperty("tlb_entries", p.tlbEntries());
        o.addProperty("tlb_reach", p.reachBytes());
        if (p.pageBytes() != plan.base().pageBytes()) {
            o.addProperty("rounding", plan.rounding(p.pageBytes()));
            o.addProperty("vmemmap_given_back", p.vmemmapBytes());
            o.addProperty("vmemmap_page_tables", p.splitBytes());
        }
        return o;
    }

    private static JsonObject shortage(HugetlbPlan plan, ShortageTrial s) {
        JsonObject o = new JsonObject();
        o.addProperty("kernel", s.kernel());
        o.addProperty("page_size", s.pageBytes());
        o.addProperty("pages", plan.pages(s.pageBytes()) - 1);
        if (s.refused() >= 0) {
            o.addProperty("mmap_errno", Errno.name(s.errno()));
            o.addProperty("refused_mapping", plan.planned(s.pageBytes()).get(s.refused()).name());
            o.addProperty("fallback_bytes", s.fallbackBytes() * plan.scale());
            o.addProperty("fallback_page_tables", s.fallbackTableBytes() * plan.scale());
        }
        o.addProperty("noreserve_signal", s.signal() == 0 ? "" : "SIGBUS");
        o.addProperty("noreserve_pages_touched", s.touchedBeforeSignal(plan.scale()));
        o.addProperty("overcommit_surplus_pages", s.surplusPages());
        return o;
    }
}
