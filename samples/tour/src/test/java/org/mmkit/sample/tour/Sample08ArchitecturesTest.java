package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** 08: one program on four architectures: the same faults, other bits. samples/toy32 is the architecture that one writes oneself. */
class Sample08ArchitecturesTest {

    @ParameterizedTest
    @CsvSource({
        "x86_64,  2, 6, D (Intel SDM 3A table 4-18)",
        "arm64,   2, 55, software dirty (Linux: PTE_DIRTY)",
        "riscv64, 2, 7, D (RISC-V privileged specification: Sv39)",
        "toy32,   2, 6, dirty",
    })
    void a_write_maps_a_huge_page_with_the_dirty_bit_of_the_architecture(String name, int level, int bit, String meaning) {
        Machine machine = Machine.builder().arch(name).memory("256M").build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        Process process = machine.newProcess();
        long area = process.mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) + (2 << 20) & -2 << 20;

        process.store(area, 1);

        PageTables tables = process.space().tables();
        EntryFormat format = machine.architecture().entryFormat(machine.configuration());
        long entry = tables.read(tables.find(area, level));
        assertThat(format.isLeaf(entry, level)).isTrue();
        assertThat(entry >>> bit & 1).as(meaning + " of " + format.describe(entry, level)).isEqualTo(1);
        assertThat(machine.vmstat("pgfault")).isEqualTo(1);
        machine.verify();
    }
}
