package org.mmkit.llfree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.testkit.CrankyFrameAllocator;

class RefusedMemoryTest {

    /** Under a symbol of its own, so that the plugin on the path stays off. */
    private static final FrameAllocatorProvider REAL = new FrameAllocatorProvider() {
        @Override
        public String id() {
            return "real";
        }

        @Override
        public String configSymbol() {
            return "CRANKY";
        }

        @Override
        public ZoneAllocator create(ZoneSpan zone) {
            return new LlfreeAllocator(zone);
        }
    };

    @Test
    void a_machine_whose_requests_fail_at_times_loses_no_frame() {
        long[] failFrom = {Long.MAX_VALUE};
        CrankyFrameAllocator cranky = new CrankyFrameAllocator(REAL, n -> n >= failFrom[0] && n % 7 == 0);
        Machine machine = Machine.builder().arch("x86_64").memory("256M").allocator(cranky).set("CRANKY", "y").build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        long before = machine.vmstat("nr_free_pages");
        failFrom[0] = cranky.requests();
        Process process = machine.newProcess();
        long a = process.mmap(0, 32 << 20, 3, 0x22, null, 0);
        for (long va = a; va < a + (32 << 20); va += 4096) {
            process.store(va, 1);
        }
        machine.verify();
        process.exit();
        machine.verify();

        assertThat(cranky.failures()).isPositive();
        assertThat(machine.vmstat("nr_free_pages")).isEqualTo(before);
    }
}
