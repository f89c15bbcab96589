package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** 03: the same program with transparent huge pages and without. */
class Sample03HugePagesTest {

    private static long faults(String enabled) {
        Machine machine = Machine.builder().arch("x86_64").memory("1G").build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", enabled);
        Process process = machine.newProcess();
        long area = process.mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        for (long va = area; va < area + (8 << 20); va += 4096) {
            process.store(va, 1);
        }
        return process.faults();
    }

    @Test
    void huge_pages_save_most_page_faults() {
        assertThat(faults("never")).isEqualTo(2048);
        assertThat(faults("always")).isEqualTo(4);
    }
}
