package org.mmkit.core.trace;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.Zone;

/**
 * The format files of tracepoints: the fields of a binary record with their C types, in the kernel's order, and how a line is printed
 * (include/trace/events of 6.18, 64 bits). The lists of names in a print format are numbers here where the kernel spells out its macros. Immutable.
 */
final class RecordFormat {

    private static final String COMMON = """
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            """;
    private static final int FIRST_OFFSET = 8;

    private static final String PAGE = "(((struct page *)vmemmap_base) + (REC->pfn)), REC->pfn";
    private static final String SCANNERS = "unsigned long zone_start, unsigned long migrate_pfn, unsigned long free_pfn, unsigned long zone_end, bool sync";
    private static final String SCANNERS_TEXT = "zone_start=0x%lx migrate_pfn=0x%lx free_pfn=0x%lx zone_end=0x%lx, mode=%s";
    private static final String SCANNERS_VALUES = "REC->zone_start, REC->migrate_pfn, REC->free_pfn, REC->zone_end, REC->sync ? \"sync\" : \"async\"";
    private static final Map<String, RecordFormat> FORMATS = new TreeMap<>();

    static {
        String page = "page=%p pfn=0x%lx ";
        add("mm_page_alloc", "unsigned long pfn, unsigned int order, unsigned long gfp_flags, int migratetype",
                page + "order=%d migratetype=%d gfp_flags=%s", "REC->pfn != -1UL ? (((struct page *)vmemmap_base) + (REC->pfn)) : ((void *)0), "
                + "REC->pfn != -1UL ? REC->pfn : 0, REC->order, REC->migratetype, " + gfp("gfp_flags"));
        add("mm_page_free", "unsigned long pfn, unsigned int order", page + "order=%d", PAGE + ", REC->order");
        add("mm_page_alloc_extfrag",
                "unsigned long pfn, int alloc_order, int fallback_order, int alloc_migratetype, int fallback_migratetype, int change_ownership",
                page + "alloc_order=%d fallback_order=%d pageblock_order=%d alloc_migratetype=%d fallback_migratetype=%d fragmenting=%d "
                + "change_ownership=%d", PAGE + ", REC->alloc_order, REC->fallback_order, 9, REC->alloc_migratetype, "
                + "REC->fallback_migratetype, REC->fallback_order < 9, REC->change_ownership");
        add("mm_page_pcpu_drain", "unsigned long pfn, unsigned int order, int migratetype", page + "order=%d migratetype=%d",
                PAGE + ", REC->order, REC->migratetype");
        add("mm_compaction_begin", SCANNERS, SCANNERS_TEXT, SCANNERS_VALUES);
        add("mm_compaction_end", SCANNERS + ", int status", SCANNERS_TEXT + " status=%s", SCANNERS_VALUES + ", " + results("status"));
        add("mm_compaction_migratepages", "unsigned long nr_migrated, unsigned long nr_failed", "nr_migrated=%lu nr_failed=%lu",
                "REC->nr_migrated, REC->nr_failed");
        for (String name : new String[] {"migratepages", "freepages"}) {
            range("mm_compaction_isolate_" + name);
        }
        range("mm_compaction_fast_isolate_freepages");
        add("mm_compaction_try_to_compact_pages", "int order, unsigned long gfp_mask, int prio", "order=%d gfp_mask=%s priority=%d",
                "REC->order, " + gfp("gfp_mask") + ", REC->prio");
        for (String name : new String[] {"finished", "suitable"}) {
            add("mm_compaction_" + name, "int nid, enum zone_type idx, int order, int ret", "node=%d zone=%-8s order=%d ret=%s",
                    "REC->nid, " + zones("idx") + ", REC->order, " + results("ret"));
        }
        for (String name : new String[] {"deferred", "defer_compaction", "defer_reset"}) {
            add("mm_compaction_" + name,
                    "int nid, enum zone_type idx, int order, unsigned int considered, unsigned int defer_shift, int order_failed",
                    "node=%d zone=%-8s order=%d order_failed=%d consider=%u limit=%lu",
                    "REC->nid, " + zones("idx") + ", REC->order, REC->order_failed, REC->considered, 1UL << REC->defer_shift");
        }
        for (String name : new String[] {"wakeup_kcompactd", "kcompactd_wake"}) {
            add("mm_compaction_" + name, "int nid, int order, enum zone_type highest_zoneidx", "nid=%d order=%d classzone_idx=%-8s",
                    "REC->nid, REC->order, " + zones("highest_zoneidx"));
        }
        for (String name : new String[] {"mm_compaction_kcompactd_sleep", "mm_vmscan_kswapd_sleep"}) {
            add(name, "int nid", "nid=%d", "REC->nid");
        }
        add("mm_vmscan_kswapd_wake", "int nid, int zid, int order", "nid=%d order=%d", "REC->nid, REC->order");
        add("mm_vmscan_wakeup_kswapd", "int nid, int zid, int order, unsigned long gfp_flags", "nid=%d order=%d gfp_flags=%s",
                "REC->nid, REC->order, " + gfp("gfp_flags"));
        add("mm_vmscan_direct_reclaim_begin", "int order, unsigned long gfp_flags", "order=%d gfp_flags=%s",
                "REC->order, " + gfp("gfp_flags"));
        add("mm_vmscan_direct_reclaim_end", "unsigned long nr_reclaimed", "nr_reclaimed=%lu", "REC->nr_reclaimed");
        add("page_fault_user", "unsigned long address, unsigned long ip, unsigned long error_code",
                "address=%ps ip=%ps error_code=0x%lx", "(void *)REC->address, (void *)REC->ip, REC->error_code");
        String how = symbols("mode", Events.MIGRATE_MODE) + ", " + symbols("reason", Events.MIGRATE_REASON);
        add("mm_migrate_pages_start", "enum migrate_mode mode, int reason", "mode=%s reason=%s", how);
        add("mm_migrate_pages", "unsigned long succeeded, unsigned long failed, unsigned long thp_succeeded, unsigned long thp_failed, "
                + "unsigned long thp_split, unsigned long large_folio_split, enum migrate_mode mode, int reason",
                "nr_succeeded=%lu nr_failed=%lu nr_thp_succeeded=%lu nr_thp_failed=%lu nr_thp_split=%lu nr_split=%lu mode=%s reason=%s",
                "REC->succeeded, REC->failed, REC->thp_succeeded, REC->thp_failed, REC->thp_split, REC->large_folio_split, " + how);
        String status = symbols("status", Events.SCAN_STATUS);
        add("mm_collapse_huge_page", "struct mm_struct * mm, int isolated, int status", "mm=%p, isolated=%d, status=%s",
                "REC->mm, REC->isolated, " + status);
        add("mm_collapse_huge_page_swapin", "struct mm_struct * mm, int swapped_in, int referenced, int ret",
                "mm=%p, swapped_in=%d, referenced=%d, ret=%d", "REC->mm, REC->swapped_in, REC->referenced, REC->ret");
        add("mm_collapse_huge_page_isolate", "unsigned long pfn, int none_or_zero, int referenced, int status",
                "scan_pfn=0x%lx, none_or_zero=%d, referenced=%d, status=%s",
                "REC->pfn, REC->none_or_zero, REC->referenced, " + status);
        add("mm_khugepaged_scan_pmd", "struct mm_struct * mm, unsigned long pfn, int referenced, int none_or_zero, int status, int unmapped",
                "mm=%p, scan_pfn=0x%lx, referenced=%d, none_or_zero=%d, status=%s, unmapped=%d",
                "REC->mm, REC->pfn, REC->referenced, REC->none_or_zero, " + status + ", REC->unmapped");
        String result = symbols("result", Events.SCAN_STATUS);
        add("mm_khugepaged_scan_file",
                "struct mm_struct * mm, unsigned long pfn, __data_loc char[] filename, int present, int swap, int result",
                "mm=%p, scan_pfn=0x%lx, filename=%s, present=%d, swap=%d, result=%s",
                "REC->mm, REC->pfn, __get_str(filename), REC->present, REC->swap, " + result);
        add("mm_khugepaged_collapse_file",
                "struct mm_struct * mm, unsigned long hpfn, unsigned long index, unsigned long addr, bool is_shmem, "
                + "__data_loc char[] filename, int nr, int result",
                "mm=%p, hpage_pfn=0x%lx, index=%ld, addr=%lx, is_shmem=%d, filename=%s, nr=%d, result=%s",
                "REC->mm, REC->hpfn, REC->index, REC->addr, REC->is_shmem, __get_str(filename), REC->nr, " + result);
    }

    private final String fields;
    private final String print;

    private RecordFormat(String fields, String print) {
        this.fields = fields;
        this.print = print;
    }

    private static void add(String event, String fields, String text, String values) {
        FORMATS.put(event, new RecordFormat(fields, '"' + text + "\", " + values));
    }

    private static void range(String event) {
        add(event, "unsigned long start_pfn, unsigned long end_pfn, unsigned long nr_scanned, unsigned long nr_taken",
                "range=(0x%lx ~ 0x%lx) nr_scanned=%lu nr_taken=%lu", "REC->start_pfn, REC->end_pfn, REC->nr_scanned, REC->nr_taken");
    }

    private static String gfp(String field) {
        return "(REC->" + field + ") ? __print_flags(REC->" + field + ", \"|\", " + GfpText.pairs() + ") : \"none\"";
    }

    private static String symbols(String field, String[] names) {
        StringJoiner out = new StringJoiner(", ", "__print_symbolic(REC->" + field + ", ", ")");
        for (int i = 0; i < names.length; i++) {
            out.add("{" + i + ", \"" + names[i] + "\"}");
        }
        return out.toString();
    }

    private static String results(String field) {
        String[] names = new String[Compaction.Result.values().length];
        for (int i = 0; i < names.length; i++) {
            names[i] = Compaction.Result.values()[i].name().toLowerCase(Locale.ROOT);
        }
        return symbols(field, names);
    }

    private static String zones(String field) {
        return symbols(field, new String[] {Zone.name(Zone.DMA), Zone.name(Zone.DMA32), Zone.name(Zone.NORMAL), Zone.name(Zone.MOVABLE)});
    }

    /**
     * The text of the format file of {@code event}.
     *
     * @throws IllegalStateException when it is not in the table above
     */
    static String of(TraceEvent event) {
        RecordFormat format = FORMATS.get(event.name());
        if (format == null) {
            throw new IllegalStateException("no format of the tracepoint " + event.name());
        }
        StringBuilder out = new StringBuilder("name: ").append(event.name()).append("\nID: ").append(event.id()).append('\n').append(COMMON);
        int offset = FIRST_OFFSET;
        for (String field : format.fields.split(", ")) {
            int size = size(field);
            offset = offset + size - 1 & -size;
            out.append("\tfield:").append(field).append(";\toffset:").append(offset).append(";\tsize:").append(size);
            out.append(";\tsigned:").append(field.startsWith("int ") ? 1 : 0).append(";\n");
            offset += size;
        }
        return out.append("\nprint fmt: ").append(format.print).append('\n').toString();
    }

    private static int size(String field) {
        return field.startsWith("bool ") ? 1 : field.contains("long ") || field.contains("*") ? Long.BYTES : Integer.BYTES;
    }
}
