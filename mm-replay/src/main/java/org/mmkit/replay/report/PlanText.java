package org.mmkit.replay.report;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.mmkit.api.Errno;
import org.mmkit.replay.model.HugetlbFigures;
import org.mmkit.replay.plan.HugetlbPlan;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.plan.PoolTrial;
import org.mmkit.replay.plan.ShortageTrial;

/** A plan of HugeTLB pools for a terminal: the answer, what it is for, what it saves, what a shortage costs, how to set it up. */
public final class PlanText {

    private static final int MOST_ROWS = 12;
    private static final String ROW = "  %-40s%12s%12s%10s%8s%n";
    private static final String FIGURE = "  %-34s";

    /** A printer of plans. */
    public PlanText() {}

    /** Prints {@code plan}. */
    public void print(HugetlbPlan plan, PrintWriter out) {
        out.println(plan.title());
        out.println();
        if (plan.planned().isEmpty()) {
            out.println("No mapping is worth huge pages of a pool: none uses half of what would be set aside for it.");
            mappings(plan, out);
            return;
        }
        for (long each : plan.sizes()) {
            long already = plan.planned().stream().filter(MappingDemand::isExisting).mapToLong(m -> m.pages(each)).sum();
            out.printf(Locale.ROOT, "%s page%s of %s: %s set aside for %s of mappings%s%s.%n", Figures.count(plan.pages(each)),
                    plan.pages(each) == 1 ? "" : "s", HugetlbPlan.suffix(each), bytes(plan.pages(each) * each),
                    bytes(plan.pages(each) * each - plan.rounding(each)),
                    already == 0 ? "" : ", " + Figures.count(already) + " of them for what uses HugeTLB pages already",
                    plan.memoryBytes() == 0 ? "" : ", on a machine with " + bytes(plan.memoryBytes()));
        }
        for (PoolTrial pool : plan.pools()) {
            if (pool.pageBytes() == plan.pageBytes() && pool.got() < pool.pages()) {
                out.printf(Locale.ROOT, "It does not fit: Linux %s got %s of %s pages.%n", pool.kernel(), Figures.count(pool.got()),
                        Figures.count(pool.pages()));
            }
        }
        mappings(plan, out);
        savings(plan, out);
        plan.shortages().forEach(shortage -> shortage(plan, shortage, out));
        plan.shortNow().ifPresent(figures -> shortNow(figures, out));
        setUp(plan, out);
        if (plan.scale() > 1) {
            out.println();
            out.println("The model ran with 1/" + plan.scale() + " of the memory; figures are multiplied.");
        }
    }

    private static String bytes(long bytes) {
        return Figures.bytes(bytes);
    }

    private static void mappings(HugetlbPlan plan, PrintWriter out) {
        out.println();
        out.printf(ROW, "mapping", "length", "touched", "2M pages", "1G");
        List<MappingDemand> rows = plan.mappings();
        for (MappingDemand m : rows.subList(0, Math.min(MOST_ROWS, rows.size()))) {
            boolean planned = m.isWorthwhile();
            out.printf(ROW, m.name(), bytes(m.bytes()), bytes(m.touchedBytes()), planned ? Figures.count(m.pages(2L << 20)) : "-",
                    planned ? Figures.count(m.pages(1L << 30)) : "-");
            if (!planned) {
                out.println("      left out: " + m.objection());
            }
        }
        if (rows.size() > MOST_ROWS) {
            out.println("  and " + (rows.size() - MOST_ROWS) + " smaller ones; --json names all");
        }
    }

    private interface Cell {
        String of(PoolTrial pool);
    }

    private static void savings(HugetlbPlan plan, PrintWriter out) {
        String last = plan.pools().get(plan.pools().size() - 1).kernel();
        List<PoolTrial> sizes = plan.pools().stream().filter(p -> p.kernel().equals(last)).toList();
        out.println();
        row(out, "", HugetlbPlan.suffix(plan.base().pageBytes()), sizes, p -> HugetlbPlan.suffix(p.pageBytes()));
        row(out, "pages", "-", sizes, p -> Figures.count(p.pages()) + (p.got() < p.pages() ? " (" + Figures.count(p.got()) + " fit)" : ""));
        row(out, "rounded up by", "-", sizes, p -> bytes(plan.rounding(p.pageBytes())));
        row(out, "page tables of the program", bytes(plan.base().tableBytes()), sizes, p -> bytes(p.tableBytes()));
        row(out, "TLB reach (" + plan.base().tlbEntries() + " entries)", bytes(plan.base().reachBytes()), sizes,
                p -> bytes(p.reachBytes()) + (p.tlbEntries() == plan.base().tlbEntries() ? "" : " (" + p.tlbEntries() + ")"));
        for (String kernel : plan.givesMemmapBack() ? plan.pools().stream().map(PoolTrial::kernel).distinct().toList() : List.<String>of()) {
            List<PoolTrial> of = plan.pools().stream().filter(p -> p.kernel().equals(kernel)).toList();
            row(out, "vmemmap given back, Linux " + kernel, "-", of, p -> bytes(p.vmemmapBytes()));
            row(out, "  page tables that this takes", "-", of, p -> bytes(p.splitBytes()));
        }
    }

    private static void row(PrintWriter out, String name, String base, List<PoolTrial> pools, Cell cell) {
        out.printf(FIGURE + "%12s", name, base);
        pools.forEach(pool -> out.printf("%16s", cell.of(pool)));
        out.println();
    }

    private static void shortage(HugetlbPlan plan, ShortageTrial s, PrintWriter out) {
        List<MappingDemand> planned = plan.planned(s.pageBytes());
        out.println();
        out.printf(Locale.ROOT, "One page short (%s), Linux %s:%n", HugetlbPlan.suffix(s.pageBytes()), s.kernel());
        if (s.refused() >= 0) {
            out.printf("  mmap with MAP_HUGETLB               %s for \"%s\": none of its %s is mapped%n", Errno.name(s.errno()),
                    planned.get(s.refused()).name(), bytes(planned.get(s.refused()).bytes()));
            out.printf("  the program takes base pages then   %s in 4K pages, %s of page tables; the pool's pages stay unused%n",
                    bytes(s.fallbackBytes() * plan.scale()), bytes(s.fallbackTableBytes() * plan.scale()));
        } else {
            out.println("  mmap with MAP_HUGETLB               succeeds");
        }
        out.printf(Locale.ROOT, "  the same with MAP_NORESERVE         %s%n", s.signal() == 0
                ? "succeeds, and all can be touched"
                : "succeeds; the program is killed (SIGBUS) after touching " + Figures.count(s.touchedBeforeSignal(plan.scale())) + " pages");
        out.println("  with nr_overcommit_hugepages=1      " + (s.surplusPages() == 0
                ? "no help: pages of this size are not made on demand"
                : "succeeds with " + s.surplusPages() + " surplus page, if a free one can be found then"));
    }

    private static void shortNow(HugetlbFigures figures, PrintWriter out) {
        out.println();
        out.println("One page short of what it uses already, replayed:");
        out.printf(Locale.ROOT, "  mmap calls refused (ENOMEM)         %s%n", Figures.count(figures.refused()));
        out.printf(Locale.ROOT, "  faults without a page (SIGBUS)      %s%n", Figures.count(figures.signals()));
    }

    private static void setUp(HugetlbPlan plan, PrintWriter out) {
        out.println();
        out.println("Set it up");
        out.println("  at boot      " + plan.bootLine());
        String label = "  or later     ";
        for (String line : plan.sysctlLines()) {
            out.println(label + line);
            label = "               ";
        }
        out.println("  programs     mmap(MAP_HUGETLB), shmget(SHM_HUGETLB), memfd_create(MFD_HUGETLB), a file on hugetlbfs;");
        out.println("               malloc: GLIBC_TUNABLES=glibc.malloc.hugetlb=2; Java: -XX:+UseLargePages; PostgreSQL: huge_pages=on");
        out.println("  check        grep -i huge /proc/meminfo   HugePages_Total " + plan.pages(plan.pageBytes())
                + "; HugePages_Rsvd and _Free fall as it is used");
    }
}
