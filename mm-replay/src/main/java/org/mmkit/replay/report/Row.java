package org.mmkit.replay.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.FolioCount;
import org.mmkit.replay.model.PolicyResult;

/**
 * One row of the comparison, the same in every report.
 *
 * @param title what it is
 * @param explanation one sentence for the reader who asks
 * @param main whether it belongs to the short table
 * @param value the figure of one policy
 */
record Row(String title, String explanation, boolean main, Function<PolicyResult, String> value) {

    static List<Row> of(Comparison comparison) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("page faults", "in user mode, of all processes", true, r -> Figures.count(r.faults().user())));
        rows.add(new Row("huge folios", "made by faults, per size", true, Row::folios));
        rows.add(new Row("peak RSS", "largest resident size of one process (ru_maxrss)", true, r -> Figures.size(r.memory().maxRss())));
        rows.add(new Row("huge share", "of anonymous memory at the peak in 2 MB mappings", true,
                r -> Figures.percent(r.memory().hugeShare())));
        rows.add(new Row("never touched", "anonymous memory backed but never touched in the recording, when largest", true,
                r -> Figures.size(r.memory().bloat())));
        rows.add(new Row("time in faults", "by the cost model, CPU time", true,
                r -> Figures.span(r.cost().low(), r.cost().high())));
        if (comparison.results().stream().anyMatch(r -> r.hugetlb().isUsed())) {
            rows.add(new Row("HugeTLB pool", "pages that the kernel was booted with, per size", true, r -> pages(r.hugetlb().pool())));
            rows.add(new Row("  needed", "pages in use or promised when most were", true, r -> pages(r.hugetlb().needed())));
            rows.add(new Row("  faults", "that mapped a page of the pool", true, r -> Figures.count(r.hugetlb().faults())));
            rows.add(new Row("    new pages", "of these, took a page and cleared it", false, r -> Figures.count(r.hugetlb().cleared())));
            rows.add(new Row("    copies", "of these, copied a page after fork or of a private file", false, r -> Figures.count(r.hugetlb().copies())));
            rows.add(new Row("  refused", "mmap calls that failed for want of pages", false, r -> Figures.count(r.hugetlb().refused())));
            rows.add(new Row("  SIGBUS", "faults that found no free page", false, r -> Figures.count(r.hugetlb().signals())));
        }
        rows.add(new Row("faults in kernel", "on user memory, as when a system call fills a buffer", false,
                r -> Figures.count(r.faults().kernel())));
        rows.add(new Row("  anonymous", "faults that gave new anonymous memory", false, r -> Figures.count(r.faults().anonymous())));
        rows.add(new Row("  of a file", "faults that mapped page-cache pages", false, r -> Figures.count(r.faults().file())));
        rows.add(new Row("  copy on write", "faults that copied a page", false, r -> Figures.count(r.faults().copyOnWrite())));
        rows.add(new Row("    after fork", "of pages that fork had shared", false, r -> Figures.count(r.work().copiesAfterFork())));
        rows.add(new Row("  made writable", "faults that only lifted write protection", false, r -> Figures.count(r.faults().reuse())));
        for (int kb : sizes(comparison)) {
            rows.add(new Row("fallbacks " + Figures.folio(kb), "faults that wanted this folio size and did not get it", false,
                    r -> Figures.count(r.folios().stream().filter(f -> f.sizeKb() == kb).mapToLong(FolioCount::fallback).sum())));
        }
        rows.add(new Row("peak RSS, all", "sum over processes alive at the same time", false, r -> Figures.size(r.memory().peakTotal())));
        rows.add(new Row("final RSS", "sum over processes at the end", false, r -> Figures.size(r.memory().finalTotal())));
        rows.add(new Row("AnonHugePages", "largest sum of 2 MB mappings", false, r -> Figures.size(r.memory().peakAnonHuge())));
        rows.add(new Row("page tables", "when largest", false, r -> Figures.size(r.memory().peakPageTables())));
        rows.add(new Row("zeroed", "memory cleared", false, r -> Figures.bytes(r.work().bytesZeroed())));
        rows.add(new Row("copied", "memory copied", false, r -> Figures.bytes(r.work().bytesCopied())));
        rows.add(new Row("splits", "2 MB mappings split into pages", false, r -> Figures.count(r.work().pmdSplits())));
        rows.add(new Row("collapses", "ranges made huge by khugepaged or MADV_COLLAPSE", false, r -> Figures.count(r.work().collapses())));
        rows.add(new Row("TLB reach", "share of anonymous memory at the peak that the second-level TLB can hold", false,
                r -> Figures.percent(r.tlb().share())));
        return rows;
    }

    private static String pages(Map<Long, Long> pages) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(pages).forEach((bytes, n) -> text.append(text.isEmpty() ? "" : ", ").append(Figures.count(n)).append(" (")
                .append(Figures.folio((int) (bytes >> 10))).append(')'));
        return text.isEmpty() ? "0" : text.toString();
    }

    private static String folios(PolicyResult r) {
        StringBuilder text = new StringBuilder();
        for (FolioCount f : r.folios()) {
            if (f.faulted() > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(Figures.count(f.faulted())).append(" (").append(Figures.folio(f.sizeKb())).append(')');
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    private static TreeSet<Integer> sizes(Comparison comparison) {
        TreeSet<Integer> sizes = new TreeSet<>();
        for (PolicyResult r : comparison.results()) {
            r.folios().stream().filter(f -> f.faulted() + f.fallback() > 0).forEach(f -> sizes.add(f.sizeKb()));
        }
        return sizes;
    }
}
