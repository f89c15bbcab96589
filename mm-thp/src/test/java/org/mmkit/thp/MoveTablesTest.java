package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;

/** How mremap moves aligned gigabytes, huge pages among them: seen by the tables that MREMAP_DONTUNMAP leaves behind. */
class MoveTablesTest extends HugePageTest {

    private static final long GIB = 1L << 30;
    private static final int KEEP = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED | MapFlags.MREMAP_DONTUNMAP;

    /** At a place of another alignment each kernel makes a table of level 2 there and leaves the old one. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"x86_64, 6.18, 0", "x86_64, 5.14, 0", "x86_64, 4.12, 4096", "arm64, 6.18, 0", "riscv64, 6.18, 0"})
    void T19_mremap_moves_aligned_gigabytes_with_all_their_tables_by_one_entry(String architecture, String kernel, long more) {
        machine = Machine.builder().arch(architecture).kernel(kernel).memory("2G").build();
        process = machine.newProcess();
        set("enabled", "always");
        long from = 0x10_0000_0000L;
        long to = 0x18_0000_0000L;
        map(from, GIB);
        process.store(from, 1);
        process.store(from + 2 * MIB, 2);
        process.store(from + GIB - 4 * KIB, 3);
        map(to + GIB, 4 * KIB);
        process.store(to + GIB, 9); // the table above is there
        long tables = process.space().tables().tableBytes();
        long huge = anonHuge(from);
        assertThat(huge).isEqualTo(6 * MIB);

        assertThat(process.mremap(from, GIB, GIB, KEEP, to)).isEqualTo(to);

        assertThat(process.space().tables().tableBytes()).isEqualTo(tables + more);
        assertThat(anonHuge(to)).isEqualTo(huge);
        assertThat(machine.vmstat("thp_split_pmd")).isZero();
        assertThat(process.load(to) + process.load(to + 2 * MIB) + process.load(to + GIB - 4 * KIB)).isEqualTo(6);
        assertThat(process.load(from)).isZero();
        machine.verify();
        assertThat(process.mremap(to, GIB, GIB, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, to + 4 * GIB + 2 * MIB)).isPositive();
        assertThat(process.load(to + 4 * GIB + 4 * MIB)).isEqualTo(2);
    }
}
