package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** 01: boot a machine, map memory, touch it. */
class Sample01BootAndFaultTest {

    @Test
    void memory_is_there_once_it_is_touched() {
        Machine machine = Machine.builder().arch("x86_64").memory("1G").cmdline("transparent_hugepage=never").build();
        Process process = machine.newProcess();

        long area = process.mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        assertThat(process.faults()).isZero();

        process.store(area, 42);
        process.store(area + 1, 43); // the same page

        assertThat(process.faults()).isEqualTo(1);
        assertThat(process.load(area)).isEqualTo(42);
        assertThat(machine.read("/proc/" + process.pid() + "/status")).containsPattern("RssAnon:\\s+4 kB");
        machine.verify();
    }
}
