package org.mmkit.arch.riscv64;

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
import org.mmkit.testkit.FixedConfiguration;

/**
 * Entries against words put together by hand from the RISC-V Privileged Architecture (sections Sv39, Svnapot, Svpbmt) and the
 * kernel's arch/riscv/include/asm/pgtable-bits.h, pgtable-64.h and pgtable.h (6.12).
 */
class Riscv64EntryTest {

    private static final int RW = Protection.READ | Protection.WRITE;

    private final Riscv64Entry format = Riscv64Entry.INSTANCE;

    @Test
    void A03_user_pages_are_the_words_of_PAGE_WRITE_PAGE_READ_and_PAGE_READ_EXEC() {
        // A U W R V; the PPN from bit 10
        assertThat(format.leaf(0x12345, 1, RW)).isEqualTo(0x12345L << 10 | 0x57);
        assertThat(format.leaf(0x12345, 1, Protection.READ)).isEqualTo(0x12345L << 10 | 0x53);
        assertThat(format.leaf(0x12345, 1, Protection.READ | Protection.EXEC)).isEqualTo(0x12345L << 10 | 0x5B);
        assertThat(format.makeDirty(format.leaf(0x12345, 1, RW))).isEqualTo(0x12345L << 10 | 0xD7);
        // the same bits at every level
        assertThat(format.leaf(0x12200, 2, RW)).isEqualTo(0x12200L << 10 | 0x57);
        assertThat(format.leaf(0x40000, 3, RW)).isEqualTo(0x40000L << 10 | 0x57);
        assertThat(format.table(0x777, 2)).isEqualTo(0x777L << 10 | 1);
    }

    /** _PAGE_KERNEL. */
    @Test
    void A03_kernel_pages_are_the_words_of_PAGE_KERNEL() {
        assertThat(format.kernelLeaf(0x12345, 2, true)).isEqualTo(0x12345L << 10 | 0xE7);
        assertThat(format.kernelLeaf(0x12345, 1, false)).isEqualTo(0x12345L << 10 | 0xE3);
    }

    /** PAGE_NONE: _PAGE_PROT_NONE (the G bit) and R, without V. */
    @Test
    void A03_entries_without_permission_have_G_and_R_but_not_V() {
        assertThat(format.withProtection(format.leaf(0x12345, 1, RW), 1, Protection.NONE)).isEqualTo(0x12345L << 10 | 0x62);
        assertThat(format.isPresent(0x12345L << 10 | 0x62)).isTrue();
        assertThat(format.isValid(0x12345L << 10 | 0x62)).isFalse();
    }

    /** pgtable.h, "Encode/decode swap entries and swap PTEs": exclusive in bit 6, type in 11:7, offset from 12. */
    @Test
    void A03_swap_entries_have_the_type_in_bits_11_to_7_and_the_offset_from_bit_12() {
        assertThat(format.swap(1, 0x10, false)).isEqualTo(0x1_0080L);
        assertThat(format.swap(5, 0x1234, true)).isEqualTo(0x123_42C0L);
        assertThat(format.marker(1)).as("guard: type 31, offset 4").isEqualTo(0x4F80L);
        // SWP_PFN_BITS is 44: young is offset bit 44, dirty 45
        assertThat(format.migration(0x12345, true, true, true, true)).isEqualTo(30L << 7 | (0x12345L | 3L << 44) << 12);
        assertThatThrownBy(() -> format.swap(27, 1, false)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Svnapot: N in bit 63, low PPN bits 1000 for 64 KiB; all 16 entries are the same word. */
    @Test
    void A03_a_run_of_64_KiB_is_one_word_16_times() {
        long first = format.makeContiguous(format.leaf(0x12340, 1, RW), 1);
        assertThat(first).isEqualTo(1L << 63 | 0x12348L << 10 | 0x57);
        assertThat(format.makeContiguous(format.leaf(0x1234F, 1, RW), 1)).isEqualTo(first);
        assertThat(format.pfn(first, 1)).isEqualTo(0x12340);
        assertThat(format.repeatShift(first, 1)).isEqualTo(4);
        assertThat(format.makeSingle(first, 1, 7)).isEqualTo(format.leaf(0x12347, 1, RW));
        assertThat(format.reservedBits(first | 1L << 10, 1)).as("another length than 64 KiB").isNotZero();
        assertThat(format.reservedBits(first, 2)).isNotZero();
    }

    /** Privileged Architecture, chapter "Sv57": five levels of 9 bits, frames of 44 bits; a leaf of level 4 maps 512 GiB, one of level 5 256 TiB. */
    @Test
    void A03_Sv57_has_five_levels_of_the_same_entries() {
        PageTableLayout sv57 = new Riscv64().layout(FixedConfiguration.of("RISCV_SV57"));
        assertThat(sv57.levels() + " " + sv57.vaBits() + " " + sv57.paBits()).isEqualTo("5 57 56");
        assertThat(sv57.index(0x00AB_CDEF_1234_5678L, 5)).isEqualTo(0xAB);
        assertThat(sv57.index(0x00AB_CDEF_1234_5678L, 4)).isEqualTo(0x19B);
        assertThat(format.leaf((1L << 44) - 1, 1, RW)).isEqualTo(0x003F_FFFF_FFFF_FC57L);
        assertThat(format.table((1L << 44) - 1, 5)).isEqualTo(0x003F_FFFF_FFFF_FC01L);
        assertThat(format.reservedBits(0x0000_0020_0000_0057L, 4)).as("512 GiB").isZero();
        assertThat(format.reservedBits(0x0000_0020_0000_0057L, 5)).as("not a multiple of 256 TiB").isEqualTo(0x20_0000_0000L);
        assertThat(format.describe(0x0000_0020_0000_0057L, 4)).startsWith("512G leaf");
    }

    /** Svpbmt, bits 62:61 of a leaf at each level: 1 not cached, 2 IO; _PAGE_MTMASK is not kept by a change of permissions (pgtable-64.h). */
    @Test
    void A03_memory_types_of_Svpbmt_are_in_bits_62_and_61() {
        for (int level = 1; level <= 3; level++) {
            long plain = 0x40000L << 10 | 0x57;
            assertThat(format.pfn(plain | 1L << 61, level)).isEqualTo(0x40000);
            assertThat(format.reservedBits(plain | 1L << 61, level)).isZero();
            assertThat(format.explain(plain | 1L << 61, level)).anySatisfy(f -> assertThat(f.meaning()).isEqualTo("Svpbmt: NC, not cached"));
            assertThat(format.explain(plain | 1L << 62, level)).anySatisfy(f -> assertThat(f.meaning()).isEqualTo("Svpbmt: IO, strongly ordered"));
            assertThat(format.withProtection(plain | 1L << 61, level, Protection.READ)).isEqualTo(0x40000L << 10 | 0x53);
        }
        assertThat(format.childLeaf(0x40000L << 10 | 0x57 | 1L << 61, 2, 5)).isEqualTo(0x40005L << 10 | 0x57 | 1L << 61);
        assertThat(format.makeContiguous(0x12340L << 10 | 0x57 | 1L << 61, 1)).as("with Svnapot").isEqualTo(5L << 61 | 0x12348L << 10 | 0x57);
    }

    /** Privileged Architecture, section 4.3.2 "Virtual address translation process", steps 3 and 6; Svpbmt for bits 62:61. */
    @Test
    void A03_reserved_encodings_are_seen() {
        assertThat(format.reservedBits(0x1L << 10 | 0x5, 1)).as("W without R").isEqualTo(4);
        assertThat(format.reservedBits(0x201L << 10 | 0x57, 2)).as("misaligned superpage").isEqualTo(1 << 10);
        assertThat(format.reservedBits(0x1L << 10 | 0x41, 2)).as("A of a table").isEqualTo(0x40);
        assertThat(format.reservedBits(0x1L << 10 | 0x57 | 3L << 61, 1)).as("memory type 3").isEqualTo(3L << 61);
        assertThat(format.reservedBits(0x1L << 10 | 0x57 | 1L << 54, 1)).isEqualTo(1L << 54);
        assertThat(format.reservedBits(0x1L << 10 | 0x57 | 2L << 61, 1)).as("IO").isZero();
    }

    @Test
    void A03_access_rights_are_those_of_the_processor() {
        assertThat(Access.text(format.access(format.leaf(1, 1, RW), 1))).isEqualTo("k:rw- u:rw-");
        assertThat(Access.text(format.access(1L << 10 | 0xEB, 1))).as("kernel text").isEqualTo("k:r-x u:---");
        assertThat(Access.text(format.access(1L << 10 | 0x59, 1))).as("execute only").isEqualTo("k:--- u:--x");
    }

    @Test
    void A03_every_attribute_is_named() {
        assertThat(format.explain(1L << 63 | 1L << 61 | 0x12348L << 10 | 0x1D7, 1)).extracting(EntryField::name)
                .containsExactly("N", "PBMT", "PPN", "RSW", "D", "A", "U", "X", "W", "R", "V");
        assertThat(format.describe(0x12345L << 10 | 0xD7, 1)).isEqualTo("4K leaf PPN=0x12345 D A U !X W R V");
    }

    /** Documentation/arch/riscv/vm-layout.rst. */
    @Test
    void A02_the_address_space_is_laid_out_as_the_kernel_documents() {
        Riscv64 riscv = new Riscv64();
        VirtualLayout sv39 = riscv.virtualLayout(FixedConfiguration.of("RISCV_SV39"));
        assertThat(sv39.userEnd()).isEqualTo(0x40_0000_0000L);
        assertThat(sv39.vmemmapBase()).isEqualTo(0xFFFF_FFC5_0000_0000L);
        assertThat(sv39.directMapBase()).isEqualTo(0xFFFF_FFD6_0000_0000L);
        VirtualLayout sv48 = riscv.virtualLayout(FixedConfiguration.of("RISCV_SV48"));
        assertThat(sv48.vmemmapBase()).isEqualTo(0xFFFF_8D80_0000_0000L);
        assertThat(sv48.directMapBase()).isEqualTo(0xFFFF_AF80_0000_0000L);
        VirtualLayout sv57 = riscv.virtualLayout(FixedConfiguration.of("RISCV_SV57"));
        assertThat(sv57.vmemmapBase()).isEqualTo(0xFF1C_0000_0000_0000L);
        assertThat(sv57.directMapBase()).isEqualTo(0xFF60_0000_0000_0000L);
        PageTableLayout layout = riscv.layout(FixedConfiguration.of("RISCV_SV39"));
        assertThat(riscv.isCanonical(layout, 0x40_0000_0000L)).isFalse();
        assertThat(riscv.isCanonical(layout, 0xFFFF_FFD6_0000_0000L)).isTrue();
        assertThat(riscv.rootAddress(FixedConfiguration.of("RISCV_SV48"), 0x9000_1000_0008_1234L)).as("satp: Sv48, ASID 1").isEqualTo(0x8123_4000L);
    }

    @Test
    void A01_the_backend_is_found_as_a_service() {
        assertThat(ServiceLoader.load(Architecture.class).stream().map(ServiceLoader.Provider::type))
                .anyMatch(type -> type == Riscv64.class);
    }
}
