package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** 02: read the page table of a process: real bits in a 64-bit word. */
class Sample02PageTableTest {

    @Test
    void a_write_leaves_a_present_writable_dirty_entry() {
        Machine machine = Machine.builder().arch("x86_64").memory("1G").cmdline("transparent_hugepage=never").build();
        Process process = machine.newProcess();
        long area = process.mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        process.store(area, 1);

        PageTables tables = process.space().tables();
        EntryFormat format = machine.architecture().entryFormat(machine.configuration());
        long entry = tables.read(tables.find(area, 1));

        assertThat(entry & 1 << 6).as("D, bit 6 (Intel SDM 3A, table 4-20)").isNotZero();
        assertThat(format.isPresent(entry)).isTrue();
        assertThat(format.isWritable(entry)).isTrue();
        assertThat(format.isDirty(entry)).isTrue();
        assertThat(machine.memory().frames().refcount(format.pfn(entry, 1))).isPositive();
    }
}
