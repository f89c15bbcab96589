package org.mmkit.arch.x86_64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

class FaultAllocationTest {

    private static final long BYTES = 64L << 20;
    private static final long PAGE = 4096;

    private final Machine machine = Machine.builder().memory("4G").contents(false).build();
    private final Process process = machine.newProcess();

    @Test
    void a_page_fault_allocates_no_java_object() {
        long a = process.mmap(
                0x100000000000L,
                BYTES,
                3,
                MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED,
                null,
                0);
        // The first rounds make the tables of the sections and let the compiler see the path.
        for (int round = 0; round < 4; round++) {
            touchAll(a);
            process.madvise(a, BYTES, Advice.MADV_DONTNEED);
        }

        long before = allocated();
        touchAll(a);
        long bytes = allocated() - before;

        assertThat(process.space().residentPages()).isEqualTo(BYTES / PAGE);
        assertThat(bytes).as("bytes for %d faults", BYTES / PAGE).isLessThan(BYTES / PAGE);
        machine.verify();
    }

    private void touchAll(long a) {
        for (long va = a; va < a + BYTES; va += PAGE) {
            process.touch(va, Fault.WRITE | Fault.USER);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
