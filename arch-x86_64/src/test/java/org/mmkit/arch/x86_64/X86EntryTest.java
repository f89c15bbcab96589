package org.mmkit.arch.x86_64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.testkit.FixedConfiguration;

/** Entries against words written down from the manual's tables and the kernel's headers. */
class X86EntryTest {

    private static final int RW = Protection.READ | Protection.WRITE;

    private final X86Entry format = X86Entry.INSTANCE;

    @Test
    void A03_present_entries_are_the_words_that_a_processor_walks() {
        // P RW US A XD
        assertThat(format.leaf(0x12345, 1, RW)).isEqualTo(0x8000_0000_1234_5027L);
        // P US A XD
        assertThat(format.leaf(0x12345, 1, Protection.READ)).isEqualTo(0x8000_0000_1234_5025L);
        // P US A
        assertThat(format.leaf(0x12345, 1, Protection.READ | Protection.EXEC)).isEqualTo(0x0000_0000_1234_5025L);
        // P RW US A D, soft-dirty in bit 11
        assertThat(format.makeDirty(format.leaf(0x12345, 1, RW))).isEqualTo(0x8000_0000_1234_5867L);
        // with PS
        assertThat(format.leaf(0x12200, 2, RW)).isEqualTo(0x8000_0000_1220_00A7L);
        assertThat(format.leaf(0x40000, 3, RW)).isEqualTo(0x8000_0000_4000_00A7L);
        // P RW US A D
        assertThat(format.table(0x777, 2)).isEqualTo(0x0000_0000_0077_7067L);
    }

    @Test
    void A03_a_dirty_page_that_is_write_protected_keeps_its_dirt_in_bit_58() {
        long dirty = format.makeDirty(format.leaf(0x1, 1, RW));

        assertThat(format.writeProtect(dirty)).isEqualTo(0x8400_0000_0000_1825L);
        assertThat(format.makeWritable(format.writeProtect(dirty))).isEqualTo(dirty);
    }

    @Test
    void A03_entries_without_permission_carry_the_inverted_frame() {
        // G stands for PROT_NONE, A; frame bits 51 to 12 inverted.
        assertThat(format.leaf(0x12345, 1, Protection.NONE)).isEqualTo(0x000F_FFFF_EDCB_A120L);
        // PS too; bits 51 to 21 inverted.
        assertThat(format.leaf(0x12200, 2, Protection.NONE)).isEqualTo(0x000F_FFFF_EDC0_01A0L);
    }

    @Test
    void A03_swap_entries_have_the_type_on_top_and_the_offset_inverted() {
        assertThat(format.swap(0, 0, false)).isEqualTo(0x07FF_FFFF_FFFF_FE00L);
        assertThat(format.swap(1, 0x10, true)).isEqualTo(0x0FFF_FFFF_FFFF_DE08L);
        assertThat(format.marker(1)).as("guard: type 31, offset 4").isEqualTo(0xFFFF_FFFF_FFFF_F600L);
        // Type 30 (write); frame 0x12345 with the young bit 40 and the dirty bit 41 in the offset.
        long offset = 0x12345L | 1L << 40 | 1L << 41;
        assertThat(format.migration(0x12345, true, true, true, true))
                .isEqualTo(30L << 59 | (~offset & (1L << 50) - 1) << 9);
        assertThatThrownBy(() -> format.swap(27, 0, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format.swap(0, 1L << 50, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void A03_the_memory_type_bit_moves_with_the_size() {
        long huge = format.leaf(0x12200, 2, RW) | X86Entry.PAT_LARGE;

        assertThat(format.pfn(huge, 2)).isEqualTo(0x12200);
        assertThat(format.childLeaf(huge, 2, 3)).isEqualTo(0x8000_0000_1220_30A7L);
        assertThat(format.withProtection(huge, 2, Protection.READ) & X86Entry.PAT_LARGE).isNotZero();
    }

    /** Intel SDM 3A, section 5.6.2: the key is in bits 62:59 of the leaf, at each level. */
    @Test
    void A03_protection_keys_are_in_bits_62_to_59_of_a_leaf() {
        assertThat(key(0xA800_0000_1234_5027L, 1)).isEqualTo(5);
        assertThat(key(0xF800_0000_1220_00A7L, 2)).isEqualTo(15);
        assertThat(key(0x8800_0000_4000_00A7L, 3)).isEqualTo(1);
        assertThat(format.pfn(0xF800_0000_1234_5027L, 1)).as("the key is no part of the address").isEqualTo(0x12345);
        assertThat(format.childLeaf(0xA800_0000_1220_00A7L, 2, 3)).isEqualTo(0xA800_0000_1220_3027L);
        assertThat(format.writeProtect(0xF800_0000_1234_5027L)).isEqualTo(0xF800_0000_1234_5025L);
    }

    /** Intel SDM 3A, table 13-11 (PAT, PCD, PWT), PAT in bit 7 of a PTE and bit 12 above; mm/pat/memtype.c for what Linux puts there. */
    @Test
    void A03_the_memory_type_is_found_at_each_level() {
        List<String> linux = List.of("WB", "WP", "UC-", "WT");
        for (int low = 0; low < 4; low++) {
            long cache = (low & 1) << 3 | (low & 2) << 3;
            String expected = "memory type " + (4 + low) + " of IA32_PAT, Linux: " + linux.get(low);
            assertThat(meaning(0x8000_0000_1234_50A7L | cache, 1, "PAT")).isEqualTo(expected);
            assertThat(meaning(0x8000_0000_1220_10A7L | cache, 2, "PAT")).isEqualTo(expected);
            assertThat(meaning(0x8000_0000_4000_10A7L | cache, 3, "PAT")).isEqualTo(expected);
        }
        assertThat(format.reservedBits(0x8000_0000_4000_10A7L, 3)).isZero();
        assertThat(format.pfn(0x8000_0000_4000_10A7L, 3)).isEqualTo(0x40000);
        assertThat(format.childLeaf(0x8000_0000_4000_10A7L, 3, 1)).as("a page of a 1G page, its PAT in bit 7").isEqualTo(0x8000_0000_4000_10A7L);
        assertThat(format.withProtection(0x8000_0000_1234_50BFL, 1, Protection.READ)).as("PAT, PCD and PWT stay").isEqualTo(0x8000_0000_1234_50BDL);
    }

    /** pgtable_types.h: soft-dirty is bit 11, write-protected by userfaultfd bit 10; in a swap entry bits 1 and 2. */
    @Test
    void A03_soft_dirty_and_uffd_wp_have_bits_of_present_and_of_swap_entries() {
        // P US A XD, bits 10 and 11, and the dirt of bit 6 in bit 58
        assertThat(format.withProtection(0x8000_0000_1234_5C67L, 1, Protection.READ)).isEqualTo(0x8400_0000_1234_5C25L);
        assertThat(format.explain(0x8000_0000_1234_5C67L, 1)).extracting(EntryField::name).contains("_PAGE_SOFT_DIRTY", "_PAGE_UFFD_WP");
        long swap = 0x0FFF_FFFF_FFFF_DE0EL;
        assertThat(format.explain(swap, 1)).extracting(EntryField::name)
                .contains("_PAGE_SWP_EXCLUSIVE", "_PAGE_SWP_UFFD_WP", "_PAGE_SWP_SOFT_DIRTY");
        assertThat(format.swapType(swap) + " " + format.swapOffset(swap)).as("the bits are part of neither").isEqualTo("1 16");
    }

    /** pgtable-invert.h: what is not present has the complement of its frame, down to the bits that its level does not use. */
    @Test
    void A03_the_frame_of_what_is_not_present_is_inverted_from_the_first_to_the_last() {
        assertThat(format.leaf(0, 1, Protection.NONE)).isEqualTo(0x000F_FFFF_FFFF_F120L);
        assertThat(format.leaf((1L << 40) - 1, 1, Protection.NONE)).isEqualTo(0x120L);
        assertThat(format.leaf(0x40000, 3, Protection.NONE)).isEqualTo(0x000F_FFFF_8000_01A0L);
        assertThat(format.pfn(0x000F_FFFF_8000_01A0L, 3)).isEqualTo(0x40000);
        assertThat(format.withProtection(0x000F_FFFF_EDCB_A120L, 1, RW)).isEqualTo(0x8000_0000_1234_5027L);
    }

    @Test
    void A03_entries_explain_themselves() {
        assertThat(format.describe(0x8000_0000_1234_5867L, 1)).isEqualTo("4K leaf of frame 0x12345 P RW US A D soft-dirty XD");
        assertThat(format.describe(0x0000_0000_0077_7067L, 2)).isEqualTo("table in frame 0x777 P RW US A D");
        assertThat(format.describe(format.swap(2, 77, true), 1)).isEqualTo("swap device 2 page 77 exclusive");
        assertThat(format.describe(format.leaf(0x12200, 2, Protection.NONE), 2))
                .isEqualTo("2M leaf of frame 0x12200 A PS protnone");
    }

    @Test
    void addresses_are_given_where_recordings_show_them() {
        VirtualLayout space = new X86_64().virtualLayout(FixedConfiguration.of());

        assertThat(space.mmapBase()).isEqualTo(0x7FFF_F7FF_F000L);
        assertThat(space.stackTop()).isEqualTo(0x7FFF_FFFF_F000L);
        assertThat(space.userEnd()).isEqualTo(0x7FFF_FFFF_F000L);
    }

    /** Intel SDM volume 1, section 3.3.7.1: bits above the translated ones repeat the highest of them. */
    @Test
    void A03_addresses_are_canonical_as_the_number_of_levels_says() {
        X86_64 architecture = new X86_64();
        PageTableLayout four = architecture.layout(FixedConfiguration.of("X86_64"));
        PageTableLayout five = architecture.layout(FixedConfiguration.of("X86_64", "X86_5LEVEL"));

        assertThat(architecture.isCanonical(four, 0x7FFF_FFFF_FFFFL)).isTrue();
        assertThat(architecture.isCanonical(four, 0x8000_0000_0000L)).isFalse();
        assertThat(architecture.isCanonical(four, 0xFFFF_8000_0000_0000L)).isTrue();
        assertThat(architecture.isCanonical(five, 0x8000_0000_0000L)).isTrue();
        assertThat(architecture.isCanonical(five, 0xFF00_0000_0000_0000L)).isTrue();
        assertThat(architecture.isCanonical(five, 0x0100_0000_0000_0000L)).isFalse();
        assertThat(five.levels()).isEqualTo(5);
        assertThat(five.vaBits()).isEqualTo(57);
    }

    /** Intel SDM 3A, tables 5-15 to 5-20 and 5-12 (CR3); arch/x86/include/asm/pgtable_types.h and mm/pat/memtype.c. */
    @Test
    void A03_every_attribute_of_a_processor_entry_is_named() {
        // XD, key 5, G, PAT in bit 7 of a 4K page, D, A, PWT
        long small = 1L << 63 | 5L << 59 | 0x12345000L | 1 << 8 | 1 << 7 | 1 << 6 | 1 << 5 | 1 << 3 | 1;
        assertThat(format.explain(small, 1)).extracting(EntryField::name)
                .containsExactly("XD", "protection key", "address", "G", "PAT", "D", "A", "PWT", "U/S", "R/W", "P");
        assertThat(meaning(small, 1, "PAT")).isEqualTo("memory type 5 of IA32_PAT, Linux: WP");
        assertThat(meaning(small, 1, "protection key")).isNotEmpty();
        // PAT in bit 12 of a 2M page, PS in bit 7, PCD
        long large = 0x40000000L | 1 << 12 | 1 << 7 | 1 << 4 | 1;
        assertThat(meaning(large, 2, "PAT")).isEqualTo("memory type 6 of IA32_PAT, Linux: UC-");
        assertThat(format.reservedBits(large, 2)).isZero();
        assertThat(format.reservedBits(large | 1 << 13, 2)).isEqualTo(1 << 13);
        assertThat(format.reservedBits(0x40000000L | 1 << 21 | 1 << 7 | 1, 3)).isEqualTo(1 << 21);
        assertThat(format.reservedBits(0x1000L | 1 << 7 | 1, 4)).as("PS of a PML4E").isEqualTo(1 << 7);
        assertThat(new X86_64().rootAddress(FixedConfiguration.of("X86_64"), 0x8000_0000_0123_4FFFL)).isEqualTo(0x123_4000L);
    }

    private long key(long entry, int level) {
        return format.explain(entry, level).stream().filter(f -> f.name().equals("protection key")).findFirst().orElseThrow().value();
    }

    private String meaning(long entry, int level, String name) {
        return format.explain(entry, level).stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow().meaning();
    }

    /** Intel SDM 3A, section 5.6.1: a write needs R/W, a user access U/S, a fetch no XD, in every entry of the walk. */
    @Test
    void A03_access_rights_are_those_of_the_processor() {
        assertThat(Access.text(format.access(0x1000L | 1, 1))).isEqualTo("k:r-x u:---");
        assertThat(Access.text(format.access(0x1000L | 7, 1))).isEqualTo("k:rwx u:rwx");
        assertThat(Access.text(format.access(1L << 63 | 0x1000L | 5, 1))).isEqualTo("k:r-- u:r--");
        assertThat(Access.text(format.access(format.table(1, 2) & ~2L, 2))).as("R/W of a table counts").isEqualTo("k:r-x u:r-x");
    }

    @Test
    void A01_the_backend_is_found_as_a_service() {
        assertThat(ServiceLoader.load(Architecture.class).stream().map(ServiceLoader.Provider::type))
                .anyMatch(type -> type == X86_64.class);
    }
}
