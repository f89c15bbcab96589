package org.mmkit.arch.x86_64;

import java.util.List;
import org.mmkit.api.arch.EntryExplanation;
import org.mmkit.api.arch.EntryField;

/** Says in words what the bits of an entry that is present mean. */
final class X86Explanation {

    /** What Linux puts into the page-attribute table (arch/x86/mm/pat/memtype.c): entries 0 to 7 for PAT, PCD, PWT. */
    private static final List<String> MEMORY_TYPES = List.of("WB", "WC", "UC-", "UC", "WB", "WP", "UC-", "WT");

    private static final List<String> SIZES = List.of("4K", "2M", "1G");

    private X86Explanation() {}

    static List<EntryField> of(X86Entry format, long entry, int level) {
        EntryExplanation e = new EntryExplanation(entry);
        boolean leaf = format.isLeaf(entry, level);
        boolean valid = format.isValid(entry);
        e.flag(63, "XD", "no instructions are fetched");
        if (leaf) {
            e.fieldIfSet(62, 59, "protection key", "PKRU and CR4.PKE decide")
                    .flag(58, "_PAGE_SAVED_DIRTY", "Linux: written, while read-only")
                    .flag(57, "_PAGE_DEVMAP", "Linux: device memory with struct pages")
                    .field(51, level == 1 ? 12 : 13, "address",
                            "frame 0x" + Long.toHexString(format.pfn(entry, level)) + (valid ? "" : ", stored inverted (L1TF)"));
            if (level > 1) {
                e.flag(12, "PAT", memoryType(entry, level));
            }
        } else {
            e.field(51, 12, "address", "table in frame 0x" + Long.toHexString(format.tablePfn(entry)));
        }
        e.flag(11, leaf ? "_PAGE_SOFT_DIRTY" : "ignored", leaf ? "Linux: written since clear_refs" : "ignored; R with HLAT paging")
                .flag(10, leaf ? "_PAGE_UFFD_WP" : "ignored", leaf ? "Linux: write-protected by userfaultfd" : "for software")
                .flag(9, leaf ? "_PAGE_SPECIAL" : "ignored", leaf ? "Linux: the page has no mapping count" : "for software")
                .flag(8, leaf ? "G" : "ignored", !leaf ? "ignored" : valid ? "global" : "Linux: PROT_NONE, present although P is 0");
        if (level > 1) {
            e.flag(7, "PS", leaf ? "maps a page" : "reserved at this level");
        } else {
            e.flag(7, "PAT", memoryType(entry, level));
        }
        if (leaf) {
            e.bit(6, "D", "written", "not written");
        } else {
            e.flag(6, "ignored", "ignored; Linux sets it");
        }
        return e.bit(5, "A", "used", "not used")
                .flag(4, "PCD", memoryType(entry, level))
                .flag(3, "PWT", memoryType(entry, level))
                .bit(2, "U/S", "user space and kernel", "kernel only")
                .bit(1, "R/W", "writable", "read-only")
                .bit(0, "P", "present", "not present")
                .with("ignored by the processor");
    }

    private static String memoryType(long entry, int level) {
        boolean pat = (entry & (level == 1 ? X86Entry.PAT : X86Entry.PAT_LARGE)) != 0;
        int index = (pat ? 4 : 0) | ((entry & X86Entry.CACHE_DISABLE) != 0 ? 2 : 0) | ((entry & X86Entry.WRITE_THROUGH) != 0 ? 1 : 0);
        return "memory type " + index + " of IA32_PAT, Linux: " + MEMORY_TYPES.get(index);
    }

    static String line(X86Entry format, long entry, int level) {
        StringBuilder s = new StringBuilder();
        if (format.isLeaf(entry, level)) {
            s.append(level <= SIZES.size() ? SIZES.get(level - 1) : "huge").append(" leaf of frame 0x");
            s.append(Long.toHexString(format.pfn(entry, level)));
            describePresent(s, entry, level, true);
        } else {
            s.append("table in frame 0x").append(Long.toHexString(format.tablePfn(entry)));
            describePresent(s, entry, level, false);
        }
        return s.toString();
    }

    private static void describePresent(StringBuilder s, long entry, int level, boolean leaf) {
        name(s, entry, X86Entry.PRESENT, "P");
        name(s, entry, X86Entry.WRITABLE, "RW");
        name(s, entry, X86Entry.USER, "US");
        name(s, entry, X86Entry.WRITE_THROUGH, "PWT");
        name(s, entry, X86Entry.CACHE_DISABLE, "PCD");
        name(s, entry, X86Entry.ACCESSED, "A");
        name(s, entry, X86Entry.DIRTY, "D");
        name(s, entry, X86Entry.PAGE_SIZE, level == 1 ? "PAT" : "PS");
        name(s, entry, X86Entry.PROTNONE, (entry & X86Entry.PRESENT) != 0 ? "G" : "protnone");
        name(s, entry, X86Entry.SPECIAL, "special");
        name(s, entry, X86Entry.UFFD_WP, "uffd-wp");
        name(s, entry, X86Entry.SOFT_DIRTY, "soft-dirty");
        if (level > 1 && leaf) {
            name(s, entry, X86Entry.PAT_LARGE, "PAT");
        }
        name(s, entry, X86Entry.SAVED_DIRTY, "saved-dirty");
        if ((entry & X86Entry.PKEY) != 0) {
            s.append(" pkey=").append((entry & X86Entry.PKEY) >>> X86Entry.PKEY_SHIFT);
        }
        name(s, entry, X86Entry.NO_EXECUTE, "XD");
    }

    private static void name(StringBuilder s, long entry, long bit, String name) {
        if ((entry & bit) != 0) {
            s.append(' ').append(name);
        }
    }
}
