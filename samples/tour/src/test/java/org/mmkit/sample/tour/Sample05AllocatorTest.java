package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;

/** 05: a machine with another frame allocator, chosen by a Kconfig symbol. */
class Sample05AllocatorTest {

    private static Machine touch(MachineBuilder builder) {
        Machine machine = builder.arch("x86_64").memory("1G").build();
        var process = machine.newProcess();
        long area = process.mmap(0, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        for (long va = area; va < area + (16 << 20); va += 4096) {
            process.store(va, 1);
        }
        machine.verify();
        return machine;
    }

    @Test
    void programs_see_no_difference() {
        Machine buddy = touch(Machine.builder());
        Machine llfree = touch(Machine.builder().set("FRAME_ALLOCATOR_LLFREE", "y"));

        assertThat(llfree.vmstat("pgfault")).isEqualTo(buddy.vmstat("pgfault"));
        assertThat(llfree.vmstat("thp_fault_alloc")).isEqualTo(buddy.vmstat("thp_fault_alloc"));
        assertThat(llfree.configuration().isEnabled("PAGE_BLOCKS")).isFalse();
    }
}
