package org.mmkit.sample.toy32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Transparent huge pages, fork and swapless memory on a machine that no feature has ever heard of. */
class Toy32MachineTest {

    private static final int MIB = 1 << 20;

    @Test
    void a_huge_page_is_faulted_shared_by_fork_and_split() throws Exception {
        Machine machine = Machine.builder().arch("toy32").memory("256M").build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        Process parent = machine.newProcess();
        long area = parent.mmap(0, 4 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        for (long va = area; va < area + 4 * MIB; va += 4096) {
            assertThat(parent.store(va, 7)).isZero();
        }
        Process child = parent.fork();
        child.store(area + MIB, 8);

        assertThat(machine.vmstat("thp_fault_alloc")).isPositive();
        assertThat(parent.load(area + MIB)).isEqualTo(7);
        assertThat(child.load(area + MIB)).isEqualTo(8);
        machine.verify();
        child.exit();
        parent.exit();
        machine.verify();
    }
}
