package org.mmkit.core.trace;

import java.util.List;
import java.util.Locale;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.Zone;

/** The tracepoints of memory management, with the kernel's names, fields and texts (include/trace/events of 6.18). Immutable. */
public final class Events {

    /** How pages are migrated, and why (include/trace/events/migrate.h). */
    static final String[] MIGRATE_MODE = {"MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT", "MIGRATE_SYNC"};

    static final String[] MIGRATE_REASON = {
        "compaction", "memory_failure", "memory_hotplug", "syscall_or_cpuset", "mempolicy_mbind", "numa_misplaced", "contig_range",
        "longterm_pin", "demotion", "damon"
    };

    /** Results of khugepaged's looks, by number (include/trace/events/huge_memory.h). */
    static final String[] SCAN_STATUS = {
        "failed", "succeeded", "pmd_null", "pmd_none", "page_pmd_mapped", "exceed_none_pte", "exceed_swap_pte", "exceed_shared_pte",
        "pte_non_present", "pte_uffd_wp", "pte_mapped_hugepage", "lack_referenced_page", "page_null", "scan_aborted",
        "not_suitable_page_count", "page_not_in_lru", "page_locked", "page_not_anon", "page_compound", "no_process_for_page",
        "vma_null", "vma_check_failed", "not_suitable_address_range", "could_not_delete_page_from_lru", "alloc_huge_page_failed",
        "ccgroup_charge_failed", "truncated", "page_has_private", "store_failed", "copy_poisoned_page", "page_filled"
    };

    /** An allocation came to its end: pfn (-1 when it failed), order, migratetype, gfp flags; and how long its caller waited, in ns. */
    public final TraceEvent pageAlloc;
    /** Frames were given back: pfn, order. */
    public final TraceEvent pageFree;
    /** A block was taken from another migratetype: pfn, order asked for, order taken from, both types, whether the page block changed hands, page-block order. */
    public final TraceEvent pageAllocExtfrag;
    /** A processor's list gave a block back: pfn, order, migratetype. */
    public final TraceEvent pagePcpuDrain;
    /** A zone's compaction begins: zone start, migration scanner, free scanner, zone end, whether synchronous. */
    public final TraceEvent compactionBegin;
    /** It ends: the same and the result. */
    public final TraceEvent compactionEnd;
    /** Migration begins: mode (0 asynchronous, 1 light, 2 synchronous), reason (0 compaction, 7 a long-term pin). */
    public final TraceEvent migratePagesStart;
    /** It ends: pages that moved, that did not; huge pages that moved, did not, were split; large folios split; mode, reason. */
    public final TraceEvent migratePages;
    /** Pages were moved: how many, how many not. */
    public final TraceEvent compactionMigratepages;
    /** A scanner went from, to, looked at, took. */
    public final TraceEvent compactionIsolateMigratepages;

    public final TraceEvent compactionIsolateFreepages;
    public final TraceEvent compactionFastIsolateFreepages;
    /** An allocation asks for compaction: order, gfp flags, priority. */
    public final TraceEvent compactionTryToCompactPages;
    /** Whether a zone's compaction goes on: node, zone, order, result. */
    public final TraceEvent compactionFinished;
    /** Whether it is worth it: the same. */
    public final TraceEvent compactionSuitable;
    /** A request is turned away, or a failure or success noted: node, zone, order, order failed, considered, shift. */
    public final TraceEvent compactionDeferred;

    public final TraceEvent compactionDeferCompaction;
    public final TraceEvent compactionDeferReset;
    /** kcompactd sleeps: node. */
    public final TraceEvent kcompactdSleep;
    /** It is woken, and begins: node, order, highest zone. */
    public final TraceEvent wakeupKcompactd;

    public final TraceEvent kcompactdWake;
    /** kswapd begins: node, zone, order. */
    public final TraceEvent kswapdWake;
    /** It sleeps: node. */
    public final TraceEvent kswapdSleep;
    /** It is woken: node, zone, order, gfp flags. */
    public final TraceEvent wakeupKswapd;
    /** Direct reclaim: order, gfp flags; then pages reclaimed. */
    public final TraceEvent directReclaimBegin;

    public final TraceEvent directReclaimEnd;
    /** A process faults: address, instruction pointer, error code. */
    public final TraceEvent pageFaultUser;

    Events(Tracing t) {
        pageAlloc = t.add("kmem", "mm_page_alloc", List.of("pfn", "order", "migratetype", "gfp_flags", "stall"), (out, w, i) -> {
            boolean got = w[i] >= 0;
            out.append("page=");
            if (got) {
                page(t, out, w[i]);
            } else {
                out.append("0000000000000000");
            }
            out.append(" pfn=0x").append(Long.toHexString(got ? w[i] : 0)).append(" order=").append(w[i + 1]);
            out.append(" migratetype=").append(w[i + 2]).append(" gfp_flags=");
            GfpText.print(out, (int) w[i + 3]);
        });
        pageFree = t.add("kmem", "mm_page_free", List.of("pfn", "order"), (out, w, i) -> {
            frame(t, out, w[i]);
            out.append(" order=").append(w[i + 1]);
        });
        pageAllocExtfrag = t.add("kmem", "mm_page_alloc_extfrag",
                List.of("pfn", "alloc_order", "fallback_order", "alloc_migratetype", "fallback_migratetype", "change_ownership",
                        "pageblock_order"), (out, w, i) -> {
            frame(t, out, w[i]);
            out.append(" alloc_order=").append(w[i + 1]).append(" fallback_order=").append(w[i + 2]);
            out.append(" pageblock_order=").append(w[i + 6]).append(" alloc_migratetype=").append(w[i + 3]);
            out.append(" fallback_migratetype=").append(w[i + 4]).append(" fragmenting=").append(w[i + 2] < w[i + 6] ? 1 : 0);
            out.append(" change_ownership=").append(w[i + 5]);
        });
        pagePcpuDrain = t.add("kmem", "mm_page_pcpu_drain", List.of("pfn", "order", "migratetype"), (out, w, i) -> {
            frame(t, out, w[i]);
            out.append(" order=").append(w[i + 1]).append(" migratetype=").append(w[i + 2]);
        });
        compactionBegin = t.add("compaction", "mm_compaction_begin",
                List.of("zone_start", "migrate_pfn", "free_pfn", "zone_end", "sync"), Events::scanners);
        compactionEnd = t.add("compaction", "mm_compaction_end",
                List.of("zone_start", "migrate_pfn", "free_pfn", "zone_end", "sync", "status"), (out, w, i) -> {
            scanners(out, w, i);
            out.append(" status=").append(result(w[i + 5]));
        });
        compactionMigratepages = t.add("compaction", "mm_compaction_migratepages", List.of("nr_migrated", "nr_failed"),
                (out, w, i) -> out.append("nr_migrated=").append(w[i]).append(" nr_failed=").append(w[i + 1]));
        List<String> range = List.of("start_pfn", "end_pfn", "nr_scanned", "nr_taken");
        compactionIsolateMigratepages = t.add("compaction", "mm_compaction_isolate_migratepages", range, Events::range);
        compactionIsolateFreepages = t.add("compaction", "mm_compaction_isolate_freepages", range, Events::range);
        compactionFastIsolateFreepages = t.add("compaction", "mm_compaction_fast_isolate_freepages", range, Events::range);
        compactionTryToCompactPages = t.add("compaction", "mm_compaction_try_to_compact_pages",
                List.of("order", "gfp_mask", "prio"), (out, w, i) -> {
            out.append("order=").append(w[i]).append(" gfp_mask=");
            GfpText.print(out, (int) w[i + 1]);
            out.append(" priority=").append(w[i + 2]);
        });
        List<String> suit = List.of("nid", "idx", "order", "ret");
        compactionFinished = t.add("compaction", "mm_compaction_finished", suit, Events::suitability);
        compactionSuitable = t.add("compaction", "mm_compaction_suitable", suit, Events::suitability);
        List<String> defer = List.of("nid", "idx", "order", "order_failed", "considered", "defer_shift");
        compactionDeferred = t.add("compaction", "mm_compaction_deferred", defer, Events::deferral);
        compactionDeferCompaction = t.add("compaction", "mm_compaction_defer_compaction", defer, Events::deferral);
        compactionDeferReset = t.add("compaction", "mm_compaction_defer_reset", defer, Events::deferral);
        TraceEvent.Line node = (out, w, i) -> out.append("nid=").append(w[i]);
        kcompactdSleep = t.add("compaction", "mm_compaction_kcompactd_sleep", List.of("nid"), node);
        List<String> wake = List.of("nid", "order", "highest_zoneidx");
        wakeupKcompactd = t.add("compaction", "mm_compaction_wakeup_kcompactd", wake, Events::wake);
        kcompactdWake = t.add("compaction", "mm_compaction_kcompactd_wake", wake, Events::wake);
        kswapdWake = t.add("vmscan", "mm_vmscan_kswapd_wake", List.of("nid", "zid", "order"),
                (out, w, i) -> out.append("nid=").append(w[i]).append(" order=").append(w[i + 2]));
        kswapdSleep = t.add("vmscan", "mm_vmscan_kswapd_sleep", List.of("nid"), node);
        wakeupKswapd = t.add("vmscan", "mm_vmscan_wakeup_kswapd", List.of("nid", "zid", "order", "gfp_flags"), (out, w, i) -> {
            out.append("nid=").append(w[i]).append(" order=").append(w[i + 2]).append(" gfp_flags=");
            GfpText.print(out, (int) w[i + 3]);
        });
        directReclaimBegin = t.add("vmscan", "mm_vmscan_direct_reclaim_begin", List.of("order", "gfp_flags"), (out, w, i) -> {
            out.append("order=").append(w[i]).append(" gfp_flags=");
            GfpText.print(out, (int) w[i + 1]);
        });
        directReclaimEnd = t.add("vmscan", "mm_vmscan_direct_reclaim_end", List.of("nr_reclaimed"),
                (out, w, i) -> out.append("nr_reclaimed=").append(w[i]));
        pageFaultUser = t.add("exceptions", "page_fault_user", List.of("address", "ip", "error_code"), (out, w, i) -> {
            out.append("address=0x").append(Long.toHexString(w[i])).append(" ip=0x").append(Long.toHexString(w[i + 1]));
            out.append(" error_code=0x").append(Long.toHexString(w[i + 2]));
        });
        migratePagesStart = t.add("migrate", "mm_migrate_pages_start", List.of("mode", "reason"), Events::migration);
        migratePages = t.add("migrate", "mm_migrate_pages",
                List.of("succeeded", "failed", "thp_succeeded", "thp_failed", "thp_split", "large_folio_split", "mode", "reason"),
                (out, w, i) -> {
            out.append("nr_succeeded=").append(w[i]).append(" nr_failed=").append(w[i + 1]);
            out.append(" nr_thp_succeeded=").append(w[i + 2]).append(" nr_thp_failed=").append(w[i + 3]);
            out.append(" nr_thp_split=").append(w[i + 4]).append(" nr_split=").append(w[i + 5]).append(' ');
            migration(out, w, i + 6);
        });
        t.add("huge_memory", "mm_collapse_huge_page", List.of("mm", "isolated", "status"), (out, w, i) -> {
            space(out, w[i]);
            out.append(", isolated=").append(w[i + 1]).append(", status=").append(SCAN_STATUS[(int) w[i + 2]]);
        });
        t.add("huge_memory", "mm_collapse_huge_page_swapin", List.of("mm", "swapped_in", "referenced", "ret"), (out, w, i) -> {
            space(out, w[i]);
            out.append(", swapped_in=").append(w[i + 1]).append(", referenced=").append(w[i + 2]).append(", ret=").append(w[i + 3]);
        });
        t.add("huge_memory", "mm_collapse_huge_page_isolate", List.of("pfn", "none_or_zero", "referenced", "status"), (out, w, i) -> {
            out.append("scan_pfn=0x").append(Long.toHexString(w[i])).append(", none_or_zero=").append(w[i + 1]);
            out.append(", referenced=").append(w[i + 2]).append(", status=").append(SCAN_STATUS[(int) w[i + 3]]);
        });
        t.add("huge_memory", "mm_khugepaged_scan_pmd", List.of("mm", "pfn", "referenced", "none_or_zero", "status", "unmapped"),
                (out, w, i) -> {
            space(out, w[i]);
            out.append(", scan_pfn=0x").append(Long.toHexString(w[i + 1])).append(", referenced=").append(w[i + 2]);
            out.append(", none_or_zero=").append(w[i + 3]).append(", status=").append(SCAN_STATUS[(int) w[i + 4]]);
            out.append(", unmapped=").append(w[i + 5]);
        });
        t.add("huge_memory", "mm_khugepaged_scan_file", List.of("mm", "pfn", "filename", "present", "swap", "result"), (out, w, i) -> {
            space(out, w[i]);
            out.append(", scan_pfn=0x").append(Long.toHexString(w[i + 1])).append(", filename=").append(t.textOf(w[i + 2]));
            out.append(", present=").append(w[i + 3]).append(", swap=").append(w[i + 4]);
            out.append(", result=").append(SCAN_STATUS[(int) w[i + 5]]);
        });
        t.add("huge_memory", "mm_khugepaged_collapse_file",
                List.of("mm", "hpfn", "index", "addr", "is_shmem", "filename", "nr", "result"), (out, w, i) -> {
            space(out, w[i]);
            out.append(", hpage_pfn=0x").append(Long.toHexString(w[i + 1])).append(", index=").append(w[i + 2]);
            out.append(", addr=").append(Long.toHexString(w[i + 3])).append(", is_shmem=").append(w[i + 4]);
            out.append(", filename=").append(t.textOf(w[i + 5])).append(", nr=").append(w[i + 6]);
            out.append(", result=").append(SCAN_STATUS[(int) w[i + 7]]);
        });
    }

    /** The address of a frame's descriptor, as a kernel booted with no_hash_pointers prints it. */
    private static void page(Tracing t, StringBuilder out, long pfn) {
        hex16(out, t.pageAddress() + pfn * 64);
    }

    private static void hex16(StringBuilder out, long word) {
        String digits = Long.toHexString(word);
        out.append("0".repeat(16 - digits.length())).append(digits);
    }

    private static void space(StringBuilder out, long id) {
        out.append("mm=");
        hex16(out, id);
    }

    private static void frame(Tracing t, StringBuilder out, long pfn) {
        out.append("page=");
        page(t, out, pfn);
        out.append(" pfn=0x").append(Long.toHexString(pfn));
    }

    private static void scanners(StringBuilder out, long[] w, int i) {
        out.append("zone_start=0x").append(Long.toHexString(w[i])).append(" migrate_pfn=0x").append(Long.toHexString(w[i + 1]));
        out.append(" free_pfn=0x").append(Long.toHexString(w[i + 2])).append(" zone_end=0x").append(Long.toHexString(w[i + 3]));
        out.append(", mode=").append(w[i + 4] != 0 ? "sync" : "async");
    }

    private static void migration(StringBuilder out, long[] w, int i) {
        out.append("mode=").append(MIGRATE_MODE[(int) w[i]]).append(" reason=").append(MIGRATE_REASON[(int) w[i + 1]]);
    }

    private static void range(StringBuilder out, long[] w, int i) {
        out.append("range=(0x").append(Long.toHexString(w[i])).append(" ~ 0x").append(Long.toHexString(w[i + 1]));
        out.append(") nr_scanned=").append(w[i + 2]).append(" nr_taken=").append(w[i + 3]);
    }

    static String result(long ordinal) {
        return Compaction.Result.values()[(int) ordinal].name().toLowerCase(Locale.ROOT);
    }

    /** {@code %-8s}: the name of a zone, padded. */
    private static void zone(StringBuilder out, long number) {
        String name = Zone.name((int) number);
        out.append(name).append(" ".repeat(8 - name.length()));
    }

    private static void suitability(StringBuilder out, long[] w, int i) {
        out.append("node=").append(w[i]).append(" zone=");
        zone(out, w[i + 1]);
        out.append(" order=").append(w[i + 2]).append(" ret=").append(result(w[i + 3]));
    }

    private static void deferral(StringBuilder out, long[] w, int i) {
        out.append("node=").append(w[i]).append(" zone=");
        zone(out, w[i + 1]);
        out.append(" order=").append(w[i + 2]).append(" order_failed=").append(w[i + 3]);
        out.append(" consider=").append(w[i + 4]).append(" limit=").append(1L << w[i + 5]);
    }

    private static void wake(StringBuilder out, long[] w, int i) {
        out.append("nid=").append(w[i]).append(" order=").append(w[i + 1]).append(" classzone_idx=");
        zone(out, w[i + 2]);
    }
}
