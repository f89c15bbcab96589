package org.mmkit.arch.arm64;

import java.util.List;
import org.mmkit.api.arch.EntryExplanation;
import org.mmkit.api.arch.EntryField;

/** Says in words what the bits of a descriptor that is present mean. */
final class Arm64Explanation {

    /** What Linux puts into MAIR_EL1 (arch/arm64/include/asm/memory.h, MT_NORMAL and its kin). */
    private static final List<String> ATTRIBUTES = List.of(
            "Linux: normal memory", "Linux: normal memory with tags", "Linux: normal memory, not cached",
            "Linux: device nGnRnE", "Linux: device nGnRE");

    private Arm64Explanation() {}

    static List<EntryField> of(Arm64Entry format, long entry, int level) {
        EntryExplanation e = new EntryExplanation(entry);
        return format.isLeaf(entry, level) ? leaf(format, e, entry, level) : table(format, e, entry);
    }

    private static List<EntryField> table(Arm64Entry format, EntryExplanation e, long entry) {
        int page = format.granule().pageShift;
        e.flag(62, "APTable[1]", "no writes below")
                .flag(61, "APTable[0]", "no access from EL0 below")
                .flag(60, "UXNTable", "EL0 fetches nothing below")
                .flag(59, "PXNTable", "EL1 fetches nothing below");
        address(format, e, "next-level table in frame 0x" + Long.toHexString(format.tablePfn(entry)), page);
        return e.flag(10, "AF", "accessed (FEAT_HAFT)").field(1, 0, "type", "table").with("ignored by the processor");
    }

    private static void address(Arm64Entry format, EntryExplanation e, String meaning, int low) {
        e.field(format.hasLpa2() ? 49 : 47, low, "output address", meaning);
        if (format.hasLpa2()) {
            e.fieldIfSet(9, 8, "address 51:50", "LPA2: the highest bits of the address");
        } else if (format.hasLpa()) {
            e.fieldIfSet(15, 12, "address 51:48", "LPA: the highest bits of the address");
        }
    }

    private static List<EntryField> leaf(Arm64Entry format, EntryExplanation e, long entry, int level) {
        int page = format.granule().pageShift;
        boolean valid = format.isValid(entry);
        boolean write = (entry & Arm64Entry.DBM) != 0;
        int attribute = (int) (entry & Arm64Entry.ATTRIBUTE) >>> 2;
        e.flag(63, "software", "for software, not used by Linux")
                .fieldIfSet(62, 60, "POIndex", "permission overlay; Linux: protection key")
                .flag(59, "PBHA", "for the implementation")
                .flag(58, "PTE_UFFD_WP", "Linux: write-protected by userfaultfd")
                .flag(57, "PTE_DEVMAP", "Linux: device memory with struct pages")
                .flag(56, "PTE_SPECIAL", "Linux: the page has no mapping count")
                .flag(55, "PTE_DIRTY", "Linux: written")
                .bit(54, "UXN", "EL0 may not fetch instructions", "EL0 may fetch instructions")
                .bit(53, "PXN", "EL1 may not fetch instructions", "EL1 may fetch instructions")
                .flag(52, "Contiguous", "one of a run that may be cached as one translation")
                .bit(51, "DBM", "writable; Linux: PTE_WRITE", "not writable, unless AP[2] allows it")
                .flag(50, "GP", "guarded page (BTI)");
        address(format, e, "frame 0x" + Long.toHexString(format.pfn(entry, level)), page);
        e.bit(11, "nG", valid ? "of one ASID" : "Linux: present although not valid (PROT_NONE)", "global")
                .bit(10, "AF", "accessed", "not accessed");
        if (!format.hasLpa2()) {
            e.field(9, 8, "SH", new String[] {"not shareable", "reserved", "outer shareable", "inner shareable"}[(int) (entry >>> 8 & 3)]);
        }
        return e.bit(7, "AP[2]", write ? "clean: no write since DBM was armed" : "read-only", write ? "written: cleared by the first write" : "read and write")
                .bit(6, "AP[1]", "EL0 may access", "EL0 may not access")
                .flag(5, "NS", "non-secure")
                .field(4, 2, "AttrIndx", "MAIR_EL1 attribute " + attribute + (attribute < ATTRIBUTES.size() ? ", " + ATTRIBUTES.get(attribute) : ""))
                .field(1, 0, "type", !valid ? "not valid" : level == 1 ? "page" : "block")
                .with("ignored by the processor");
    }

    static String line(Arm64Entry format, long entry, int level) {
        return EntryExplanation.line(size(format, entry, level), of(format, entry, level));
    }

    private static String size(Arm64Entry format, long entry, int level) {
        if (!format.isLeaf(entry, level)) {
            return "table ";
        }
        long bytes = 1L << format.granule().pageShift + (level - 1) * (format.granule().pageShift - 3);
        return bytes >= 1L << 30 ? (bytes >> 30) + "G leaf " : bytes >= 1L << 20 ? (bytes >> 20) + "M leaf " : (bytes >> 10) + "K leaf ";
    }
}
