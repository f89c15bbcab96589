package org.mmkit.arch.x86_64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Architecture;
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
        assertThat(X86_64.isCanonical(0x7FFF_FFFF_FFFFL, 48)).isTrue();
        assertThat(X86_64.isCanonical(0x8000_0000_0000L, 48)).isFalse();
        assertThat(X86_64.isCanonical(0xFFFF_8000_0000_0000L, 48)).isTrue();
    }

    @Test
    void A01_the_backend_is_found_as_a_service() {
        assertThat(ServiceLoader.load(Architecture.class).stream().map(ServiceLoader.Provider::type))
                .anyMatch(type -> type == X86_64.class);
    }
}
