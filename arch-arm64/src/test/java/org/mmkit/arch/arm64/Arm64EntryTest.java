package org.mmkit.arch.arm64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;
import org.mmkit.testkit.FixedConfiguration;

/**
 * Descriptors against words put together by hand from the Arm Architecture Reference Manual (DDI 0487), section D8.3, and the
 * kernel's arch/arm64/include/asm/pgtable-hwdef.h, pgtable-prot.h and pgtable.h (6.12).
 */
class Arm64EntryTest {

    private static final int RW = Protection.READ | Protection.WRITE;

    private final Arm64Entry small = Arm64Entry.of(Granule.K4, false);
    private final Arm64Entry lpa2 = Arm64Entry.of(Granule.K4, true);
    private final Arm64Entry middle = Arm64Entry.of(Granule.K16, false);
    private final Arm64Entry large = Arm64Entry.of(Granule.K64, true);

    @Test
    void A03_user_pages_are_the_words_of_PAGE_SHARED_PAGE_READONLY_and_PAGE_READONLY_EXEC() {
        // UXN PXN DBM nG AF SH=3 AP[2] AP[1] page: shared memory starts clean, so AP[2] is set beside DBM
        assertThat(small.leaf(0x12345, 1, RW)).isEqualTo(0x0068_0000_1234_5FC3L);
        assertThat(small.leaf(0x12345, 1, Protection.READ)).isEqualTo(0x0060_0000_1234_5FC3L);
        assertThat(small.leaf(0x12345, 1, Protection.READ | Protection.EXEC)).isEqualTo(0x0020_0000_1234_5FC3L);
        // blocks have bit 1 clear: 2M and 1G with 4K pages, 32M with 16K, 512M with 64K
        assertThat(small.leaf(0x12200, 2, RW)).isEqualTo(0x0068_0000_1220_0FC1L);
        assertThat(small.leaf(0x40000, 3, RW)).isEqualTo(0x0068_0000_4000_0FC1L);
        assertThat(middle.leaf(0x800, 2, RW)).isEqualTo(0x0068_0000_0200_0FC1L);
        assertThat(large.leaf(0x2000, 2, RW)).isEqualTo(0x0068_0000_2000_0FC1L);
    }

    /** _PAGE_KERNEL and _PAGE_KERNEL_RO. */
    @Test
    void A03_kernel_pages_are_the_words_of_PAGE_KERNEL() {
        assertThat(small.kernelLeaf(0x12345, 1, true)).isEqualTo(0x00E8_0000_1234_5703L);
        assertThat(small.kernelLeaf(0x12345, 1, false)).isEqualTo(0x00E0_0000_1234_5783L);
        assertThat(Access.text(small.access(0x00E8_0000_1234_5703L, 1))).isEqualTo("k:rw- u:---");
    }

    /** PMD_TYPE_TABLE with PXNTable, as pmd_populate writes it. */
    @Test
    void A03_tables_are_descriptors_of_type_3_with_PXNTable() {
        assertThat(small.table(0x777, 2)).isEqualTo(0x0800_0000_0077_7003L);
        assertThat(middle.table(0x777, 2)).isEqualTo(0x0800_0000_01DD_C003L);
    }

    /** Arm ARM, figures of section D8.3.1: where bits 51:48 of the address go. */
    @Test
    void A03_addresses_of_52_bits_use_the_bits_that_the_granule_gives_them() {
        // LPA2: address bits 51:50 in descriptor bits 9:8 instead of the shareability, 49:48 in place
        long pfn = 0xF_1234_5678_9L;
        assertThat(lpa2.leaf(pfn, 1, Protection.READ)).isEqualTo(0x0063_1234_5678_9FC3L);
        assertThat(lpa2.pfn(0x0063_1234_5678_9FC3L, 1)).isEqualTo(pfn);
        assertThat(lpa2.leaf(1, 1, Protection.READ)).isEqualTo(0x0060_0000_0000_1CC3L);
        // LPA, 64K: address bits 51:48 in descriptor bits 15:12
        assertThat(large.leaf(0xF_1234_5678L, 1, Protection.READ)).isEqualTo(0x0060_1234_5678_FFC3L);
        assertThat(large.pfn(0x0060_1234_5678_FFC3L, 1)).isEqualTo(0xF_1234_5678L);
        assertThat(large.tablePfn(large.table(0xA_0000_0001L, 2))).isEqualTo(0xA_0000_0001L);
    }

    /** Arm ARM, section D8.3.1, with 16K pages and for blocks and tables. */
    @Test
    void A03_LPA2_moves_address_bits_of_pages_blocks_and_tables_of_4K_and_16K() {
        Arm64Entry wide = Arm64Entry.of(Granule.K16, true);
        assertThat(wide.leaf(0xF_1234_5678_8000L >>> 14, 1, Protection.READ)).isEqualTo(0x0063_1234_5678_8FC3L);
        assertThat(wide.leaf(0x4_0000_0000_4000L >>> 14, 1, Protection.READ)).isEqualTo(0x0060_0000_0000_4DC3L);
        assertThat(wide.leaf(0x8_0000_0200_0000L >>> 14, 2, Protection.READ)).as("32M").isEqualTo(0x0060_0000_0200_0EC1L);
        assertThat(wide.tablePfn(0x0801_0000_0000_C203L)).isEqualTo(0x9_0000_0000_C000L >>> 14);
        assertThat(lpa2.leaf(0xF_1234_5660_0000L >>> 12, 2, Protection.READ)).as("2M").isEqualTo(0x0063_1234_5660_0FC1L);
        assertThat(lpa2.leaf(0xA_0000_4000_0000L >>> 12, 3, RW)).as("1G").isEqualTo(0x006A_0000_4000_0EC1L);
        assertThat(lpa2.table(0xF_1234_5678_9000L >>> 12, 2)).isEqualTo(0x0803_1234_5678_9303L);
        assertThat(lpa2.leaf(0xF_1234_5678_9000L >>> 12, 1, Protection.NONE)).isEqualTo(0x0063_1234_5678_9F82L);
        // 64K: only bits 51:48 move, the shareability stays
        assertThat(large.leaf(0x8_0000_2000_0000L >>> 16, 2, Protection.READ)).as("512M").isEqualTo(0x0060_0000_2000_8FC1L);
        assertThat(large.table(0xF_0000_0001_0000L >>> 16, 3)).isEqualTo(0x0800_0000_0001_F003L);
    }

    /** Arm ARM, section D8.7.1, bit 52; the lengths of runs are ARM64_CONT_PTE_SHIFT and ARM64_CONT_PMD_SHIFT. */
    @Test
    void A03_the_contiguous_bit_is_bit_52_at_each_level_that_has_runs() {
        Arm64Entry wide = Arm64Entry.of(Granule.K16, true);
        assertThat(small.makeContiguous(small.leaf(0x2000, 2, RW), 2)).as("32M").isEqualTo(0x0078_0000_0200_0FC1L);
        assertThat(middle.makeContiguous(middle.leaf(0x80, 1, RW), 1)).as("2M of 16K").isEqualTo(0x0078_0000_0020_0FC3L);
        assertThat(middle.makeContiguous(middle.leaf(0x10000, 2, RW), 2)).as("1G of 32M").isEqualTo(0x0078_0000_4000_0FC1L);
        assertThat(large.makeContiguous(large.leaf(0x20, 1, RW), 1)).as("2M of 64K").isEqualTo(0x0078_0000_0020_0FC3L);
        assertThat(large.makeContiguous(large.leaf(0x40000, 2, RW), 2)).as("16G of 512M").isEqualTo(0x0078_0004_0000_0FC1L);
        assertThat(lpa2.makeContiguous(lpa2.leaf(0x10, 1, RW), 1)).as("no shareability").isEqualTo(0x0078_0000_0001_0CC3L);
        assertThat(wide.makeContiguous(wide.leaf(0x80, 1, RW), 1)).isEqualTo(0x0078_0000_0020_0CC3L);
        assertThat(runs("ARM64_4K_PAGES", "ARM64_VA_BITS_48")).isEqualTo("16 16 1 1");
        assertThat(runs("ARM64_16K_PAGES", "ARM64_VA_BITS_47")).isEqualTo("128 32 1");
        assertThat(runs("ARM64_64K_PAGES", "ARM64_VA_BITS_48")).isEqualTo("32 32 1");
        assertThatThrownBy(() -> small.makeContiguous(small.leaf(0x40000, 3, RW), 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    private static String runs(String... symbols) {
        PageTableLayout layout = layout(symbols);
        return java.util.stream.IntStream.rangeClosed(1, layout.levels())
                .mapToObj(level -> Integer.toString(layout.contiguousEntries(level)))
                .collect(java.util.stream.Collectors.joining(" "));
    }

    /** arch/arm64/mm/contpte.c: user space's pages with 4K, 16K and 64K, unless the kernel was built without. */
    @Test
    void A02_the_kernel_makes_runs_of_folios_with_ARM64_CONTPTE() {
        assertThat(new Arm64().foldsRuns(FixedConfiguration.of("ARM64_4K_PAGES", "ARM64_CONTPTE"))).isTrue();
        assertThat(new Arm64().foldsRuns(FixedConfiguration.of("ARM64_4K_PAGES"))).isFalse();
    }

    /** The table "PTE bits configuration in the presence of hardware Dirty Bit Management" of pgtable.h. */
    @Test
    void A03_dirty_and_writable_are_kept_in_DBM_AP2_and_bit_55() {
        long clean = small.leaf(0x1, 1, RW);
        long written = clean & ~Arm64Entry.RDONLY; // what the processor makes of it
        assertThat(small.isDirty(clean)).isFalse();
        assertThat(small.isDirty(written)).isTrue();
        // write-protected: DBM off, AP[2] on, the software's dirty bit on
        assertThat(small.writeProtect(written)).isEqualTo(0x00E0_0000_0000_1FC3L);
        assertThat(small.makeDirty(clean)).isEqualTo(0x00E8_0000_0000_1F43L);
        assertThat(small.makeWritable(small.writeProtect(written))).isEqualTo(0x00E8_0000_0000_1F43L);
        assertThat(small.makeClean(small.makeDirty(clean))).isEqualTo(clean);
    }

    /** PAGE_NONE: not valid, nG (PTE_PRESENT_INVALID), AP[2], PXN, UXN, without AP[1]. */
    @Test
    void A03_entries_without_permission_are_not_valid_and_have_nG() {
        assertThat(small.leaf(0x12345, 1, Protection.NONE)).isEqualTo(0x0060_0000_1234_5F82L);
        assertThat(small.leaf(0x12200, 2, Protection.NONE)).isEqualTo(0x0060_0000_1220_0F80L);
        assertThat(small.isValid(0x0060_0000_1234_5F82L)).isFalse();
        assertThat(small.isPresent(0x0060_0000_1234_5F82L)).isTrue();
    }

    /** pgtable.h, "Encode and decode a swap entry": exclusive in bit 2, type in 10:6, offset in 61:12. */
    @Test
    void A03_swap_entries_have_the_type_in_bits_10_to_6_and_the_offset_from_bit_12() {
        assertThat(small.swap(1, 0x10, false)).isEqualTo(0x0000_0000_0001_0040L);
        assertThat(small.swap(5, 0x1234, true)).isEqualTo(0x0000_0000_0123_4144L);
        assertThat(small.marker(1)).as("guard: type 31, offset 4").isEqualTo(0x0000_0000_0000_47C0L);
        // SWP_PFN_BITS is 36 with 48-bit addresses: young is offset bit 36, dirty 37
        assertThat(small.migration(0x12345, true, true, true, true)).isEqualTo(30L << 6 | (0x12345L | 3L << 36) << 12);
        assertThat(lpa2.migration(0x12345, false, false, true, false)).isEqualTo(28L << 6 | (0x12345L | 1L << 41) << 12);
        assertThatThrownBy(() -> small.swap(27, 1, false)).isInstanceOf(IllegalArgumentException.class);
    }

    /** arch/arm64/mm/hugetlbpage.c, "HugeTLB Support Matrix", and section D8.7.1 of the manual. */
    @Test
    void A03_runs_have_the_sizes_of_the_manual() {
        assertThat(sizes(layout("ARM64_4K_PAGES", "ARM64_VA_BITS_48"))).isEqualTo("64K 2M 32M 1G");
        assertThat(sizes(layout("ARM64_16K_PAGES", "ARM64_VA_BITS_47"))).isEqualTo("2M 32M 1G");
        assertThat(sizes(layout("ARM64_64K_PAGES", "ARM64_VA_BITS_48"))).isEqualTo("2M 512M 16G");
        assertThat(small.makeContiguous(small.leaf(0x10, 1, RW), 1)).isEqualTo(0x0078_0000_0001_0FC3L);
    }

    private static PageTableLayout layout(String... symbols) {
        return new Arm64().layout(FixedConfiguration.of(symbols));
    }

    private static String sizes(PageTableLayout layout) {
        java.util.TreeSet<Long> sizes = new java.util.TreeSet<>();
        for (int level = 1; level <= layout.levels(); level++) {
            if (layout.mayBeLeaf(level)) {
                sizes.add(layout.size(level));
                sizes.add(layout.size(level) * layout.contiguousEntries(level));
            }
        }
        sizes.remove(layout.size(1));
        StringBuilder out = new StringBuilder();
        for (long size : sizes) {
            out.append(out.length() == 0 ? "" : " ");
            out.append(size >= 1 << 30 ? (size >> 30) + "G" : size >= 1 << 20 ? (size >> 20) + "M" : (size >> 10) + "K");
        }
        return out.toString();
    }

    /** arch/arm64/Kconfig, PGTABLE_LEVELS; Arm ARM, section D8.2.7 on the size of the first table. */
    @Test
    void A03_tables_have_2_to_5_levels_and_the_first_one_resolves_the_rest() {
        assertThat(shape("ARM64_4K_PAGES", "ARM64_VA_BITS_39")).isEqualTo("3/512");
        assertThat(shape("ARM64_4K_PAGES", "ARM64_VA_BITS_48")).isEqualTo("4/512");
        assertThat(shape("ARM64_4K_PAGES", "ARM64_VA_BITS_52")).isEqualTo("5/16");
        assertThat(shape("ARM64_16K_PAGES", "ARM64_VA_BITS_36")).isEqualTo("2/2048");
        assertThat(shape("ARM64_16K_PAGES", "ARM64_VA_BITS_47")).isEqualTo("3/2048");
        assertThat(shape("ARM64_16K_PAGES", "ARM64_VA_BITS_48")).isEqualTo("4/2");
        assertThat(shape("ARM64_16K_PAGES", "ARM64_VA_BITS_52")).isEqualTo("4/32");
        assertThat(shape("ARM64_64K_PAGES", "ARM64_VA_BITS_42")).isEqualTo("2/8192");
        assertThat(shape("ARM64_64K_PAGES", "ARM64_VA_BITS_48")).isEqualTo("3/64");
        assertThat(shape("ARM64_64K_PAGES", "ARM64_VA_BITS_52")).isEqualTo("3/1024");
    }

    private static String shape(String... symbols) {
        PageTableLayout layout = layout(symbols);
        return layout.levels() + "/" + layout.entries(layout.levels());
    }

    /** Arm ARM, section D8.16.1 "Using break-before-make". */
    @Test
    void A03_another_address_size_or_memory_type_needs_an_invalid_entry_in_between() {
        long page = small.leaf(0x1000, 1, RW);
        assertThat(small.mayFollow(page, small.leaf(0x1001, 1, RW), 1)).as("address").isFalse();
        assertThat(small.mayFollow(page, page | 1L << 2, 1)).as("memory type").isFalse();
        assertThat(small.mayFollow(small.leaf(0x1000, 2, RW), small.table(0x1000, 2), 2)).as("block to table").isFalse();
        assertThat(small.mayFollow(page, small.makeContiguous(page, 1), 1)).as("into a run").isFalse();
        assertThat(small.mayFollow(page, page & ~Arm64Entry.NG, 1)).as("to global").isFalse();
        assertThat(small.mayFollow(page, small.withProtection(page, 1, Protection.READ), 1)).as("permissions").isTrue();
        assertThat(small.mayFollow(page, small.withProtection(page, 1, Protection.NONE), 1)).as("to not valid").isTrue();
        assertThat(small.mayFollow(small.swap(0, 1, false), page, 1)).as("from not valid").isTrue();
    }

    /** Arm ARM, section D8.4: AP, UXN and PXN of the page, APTable, UXNTable and PXNTable of the tables. */
    @Test
    void A03_access_rights_are_those_of_the_processor() {
        assertThat(Access.text(small.access(small.leaf(1, 1, RW), 1))).isEqualTo("k:rw- u:rw-");
        assertThat(Access.text(small.access(small.leaf(1, 1, Protection.READ | Protection.EXEC), 1))).isEqualTo("k:r-- u:r-x");
        assertThat(Access.text(small.access(0x0040_0000_0000_1703L, 1))).as("kernel text, PAGE_KERNEL_EXEC").isEqualTo("k:rwx u:---");
        assertThat(Access.text(small.access(small.table(1, 2), 2))).isEqualTo("k:rw- u:rwx");
        assertThat(Access.text(small.access(0x6000_0000_0000_1003L, 2))).as("APTable").isEqualTo("k:r-x u:--x");
    }

    @Test
    void A03_every_attribute_is_named() {
        assertThat(small.explain(0x0078_0000_0001_0FC3L, 1)).extracting(EntryField::name).containsExactly(
                "UXN", "PXN", "Contiguous", "DBM", "output address", "nG", "AF", "SH", "AP[2]", "AP[1]", "AttrIndx", "type");
        assertThat(small.describe(0x0078_0000_0001_0FC3L, 1)).startsWith("4K leaf ");
        assertThat(lpa2.explain(0x0063_1234_5678_9FC3L, 1)).extracting(EntryField::name).contains("address 51:50").doesNotContain("SH");
    }

    /** Documentation/arch/arm64/memory.rst: 4K pages with 48 bits, 64K pages with 52. */
    @Test
    void A02_the_address_space_is_laid_out_as_the_kernel_documents() {
        Arm64 arm64 = new Arm64();
        VirtualLayout four = arm64.virtualLayout(FixedConfiguration.of("ARM64_4K_PAGES", "ARM64_VA_BITS_48"));
        assertThat(four.directMapBase()).isEqualTo(0xFFFF_0000_0000_0000L);
        assertThat(four.userEnd()).isEqualTo(1L << 48);
        Configuration wide = FixedConfiguration.of("ARM64_64K_PAGES", "ARM64_VA_BITS_52", "ARM64_PA_BITS_52");
        assertThat(arm64.virtualLayout(wide).directMapBase()).isEqualTo(0xFFF0_0000_0000_0000L);
        assertThat(arm64.virtualLayout(wide).stackTop()).isEqualTo(1L << 48);
        PageTableLayout layout = arm64.layout(wide);
        assertThat(arm64.isCanonical(layout, 0xB400_0000_0000_1000L)).as("a tagged user address").isTrue();
        assertThat(arm64.isCanonical(layout, 0xFFF0_0000_0000_0000L)).isTrue();
        assertThat(arm64.isCanonical(layout, 0xFF80_0000_0000_0000L)).isFalse();
        assertThat(arm64.rootAddress(wide, 0x0123_0000_4567_003DL)).as("ASID, CnP, address 51:48").isEqualTo(0x000F_0000_4567_0000L);
    }

    @Test
    void A01_the_backend_is_found_as_a_service() {
        assertThat(ServiceLoader.load(Architecture.class).stream().map(ServiceLoader.Provider::type))
                .anyMatch(type -> type == Arm64.class);
    }
}
