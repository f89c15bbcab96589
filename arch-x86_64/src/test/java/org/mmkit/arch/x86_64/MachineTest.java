package org.mmkit.arch.x86_64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** A machine with the x86-64 backend; no feature is among the dependencies of these tests. */
class MachineTest {

    private static final int PROT_RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final int PAGE = 4096;

    private final Machine machine = Machine.builder().arch("x86_64").memory("1G").build();
    private final Process process = machine.newProcess();

    @Test
    void a_process_maps_touches_forks_and_exits() throws Exception {
        long a = process.mmap(0, 16 * PAGE, PROT_RW, PRIVATE_ANON, null, 0);
        process.load(a);
        process.store(a + PAGE, 7);
        machine.verify();
        Process child = process.fork();
        machine.verify();
        child.store(a + PAGE, 8);
        assertThat(process.load(a + PAGE)).isEqualTo(7);
        machine.verify();
        assertThat(machine.vmstat("nr_anon_pages")).isEqualTo(2);

        child.exit();
        process.exit();
        assertThat(machine.vmstat("nr_anon_pages")).isZero();
        assertThat(machine.processes()).isEmpty();
        machine.verify();
    }

    @Test
    void memory_that_may_only_be_written_can_be_read_too() {
        long a = process.mmap(0, 4 * PAGE, 2, PRIVATE_ANON, null, 0);

        assertThat(process.load(a)).isZero();
        assertThat(process.store(a + PAGE, 5)).isZero();
        assertThat(process.load(a + PAGE)).isEqualTo(5);
        machine.verify();
    }
}
