package org.mmkit.llfree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.PathException;
import org.mmkit.core.process.Process;

class LlfreeMachineTest {

    private static final long MIB = 1L << 20;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private static MachineBuilder builder() {
        return Machine.builder().arch("x86_64").memory("1G").set("FRAME_ALLOCATOR_LLFREE", "y");
    }

    private static void fill(Process process, long start, long bytes) {
        for (long va = start; va < start + bytes; va += 4096) {
            process.store(va, 1);
        }
    }

    @Test
    void a_machine_faults_huge_and_base_pages_from_it_and_gets_all_of_them_back() throws Exception {
        Machine machine = builder().build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        long before = machine.vmstat("nr_free_pages");
        Process process = machine.newProcess();
        long a = process.mmap(0, 64 * MIB, READ_WRITE, PRIVATE_ANONYMOUS, null, 0);
        fill(process, a, 64 * MIB);
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            process.munmap(a + random.nextInt(16384) * 4096L, 4096);
        }

        assertThat(machine.vmstat("thp_fault_alloc")).isGreaterThanOrEqualTo(31);
        machine.verify();
        process.exit();
        machine.verify();
        assertThat(machine.vmstat("nr_free_pages")).isEqualTo(before);
    }

    @Test
    void when_memory_is_short_it_is_swapped_out_and_the_allocator_goes_on() throws Exception {
        Machine machine = builder().memory("256M").build();
        assertThat(machine.files().swapon(512 * MIB)).isZero();
        Process process = machine.newProcess();
        long a = process.mmap(0, 400 * MIB, READ_WRITE, PRIVATE_ANONYMOUS, null, 0);
        fill(process, a, 400 * MIB);

        assertThat(machine.vmstat("pswpout")).isPositive();
        machine.verify();
        process.exit();
        machine.verify();
    }

    @Test
    void gigantic_pages_are_found_without_moving_anything() {
        Machine machine = builder().memory("4G").build();

        machine.write("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "1");
        assertThat(machine.read("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages")).isEqualTo("1\n");
        machine.verify();
        machine.write("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0");
        machine.verify();
    }

    @Test
    void what_needs_page_blocks_is_off_and_says_why() {
        MachineBuilder builder = builder();
        Machine machine = builder.build();

        assertThat(machine.configuration().isEnabled("COMPACTION")).isFalse();
        assertThat(machine.configuration().reason("COMPACTION").unmet()).anySatisfy(term -> assertThat(term.expression()).contains("PAGE_BLOCKS"));
        assertThatThrownBy(() -> machine.read("/proc/pagetypeinfo")).isInstanceOf(PathException.class);
        assertThat(machine.read("/proc/buddyinfo")).contains("DMA32");
    }

    @Test
    void two_frame_allocators_at_once_are_refused_by_name() {
        FrameAllocatorProvider other = new FrameAllocatorProvider() {
            @Override
            public String id() {
                return "other";
            }

            @Override
            public String configSymbol() {
                return "FRAME_ALLOCATOR_LLFREE";
            }

            @Override
            public ZoneAllocator create(ZoneSpan zone) {
                return new LlfreeAllocator(zone);
            }
        };

        assertThatThrownBy(() -> builder().allocator(other).build())
                .isInstanceOf(BootException.class)
                .hasMessageContaining("llfree")
                .hasMessageContaining("other");
    }

    @Test
    void with_several_processors_the_machine_stays_whole() throws Exception {
        Machine machine = builder().set("SMP", "y").build();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            Process process = machine.newProcess();
            threads[i] = new Thread(() -> {
                for (int round = 0; round < 8; round++) {
                    long a = process.mmap(0, 4 * MIB, READ_WRITE, PRIVATE_ANONYMOUS, null, 0);
                    fill(process, a, 4 * MIB);
                    process.munmap(a, 4 * MIB);
                }
                process.exit();
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        machine.verify();
    }
}
