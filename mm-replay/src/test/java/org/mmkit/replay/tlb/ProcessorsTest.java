package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.api.space.Fault;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.replay.compare.AccessReplay;
import org.mmkit.replay.model.AccessComparison;
import org.mmkit.replay.model.Policy;

class ProcessorsTest {

    private static final long BASE = 0x7f0000000000L;
    private static final long PAGE = 4096;

    @TempDir
    private Path directory;

    private final Machine machine = Machine.builder().arch("x86_64").memory("256M").contents(false).build();

    /** A process with two pages at {@link #BASE}. */
    private Processors.Space space() {
        Process process = machine.newProcess();
        assertThat(process.mmap(BASE, 2 * PAGE, 3, 0x32, null, 0)).isEqualTo(BASE);
        process.touch(BASE, Fault.WRITE | Fault.USER);
        process.touch(BASE + PAGE, Fault.WRITE | Fault.USER);
        return new Processors.Space(process.space().tables());
    }

    private Processors processors(int numbers) {
        return new Processors(machine.architecture().mmu(), Optional.empty(), numbers);
    }

    @Test
    void address_spaces_with_numbers_find_their_translations_again_and_without_numbers_they_do_not() {
        Processors with = processors(6);
        Processors without = processors(0);
        Processors.Space a = space();
        Processors.Space b = space();
        for (Processors p : List.of(with, without)) {
            for (int i = 0; i < 10; i++) {
                assertThat(p.run(0, a).translate(BASE, false)).isEqualTo(1);
                assertThat(p.run(0, b).translate(BASE, false)).isEqualTo(1);
            }
        }

        assertThat(with.counts().walks()).isEqualTo(2);
        // The number of b was nobody's: Linux gives it with a flush.
        assertThat(with.spaceCounts()).isEqualTo(new SpaceCounts(19, 1, 0, 0));
        assertThat(without.counts().walks()).isEqualTo(20);
        assertThat(without.spaceCounts()).isEqualTo(new SpaceCounts(19, 19, 0, 0));
    }

    @Test
    void more_address_spaces_than_numbers_take_them_from_each_other_in_turn() {
        Processors two = processors(2);
        List<Processors.Space> spaces = List.of(space(), space(), space());
        for (int i = 0; i < 12; i++) {
            two.run(0, spaces.get(i % 3)).translate(BASE, false);
        }

        assertThat(two.counts().walks()).isEqualTo(12);
        assertThat(two.spaceCounts()).isEqualTo(new SpaceCounts(11, 11, 0, 0));
    }

    @Test
    void an_invalidation_interrupts_the_processors_that_run_in_the_address_space_and_the_others_flush_when_they_come_back() {
        Processors p = processors(6);
        Processors.Space a = space();
        Processors.Space b = space();
        for (int id = 0; id < 4; id++) {
            p.run(id, a).translate(BASE, false);
            p.run(id, a).translate(BASE + PAGE, false);
        }
        p.run(3, b).translate(BASE, false);
        assertThat(p.counts().walks()).isEqualTo(9);

        p.invalidate(0, a, BASE);
        assertThat(p.spaceCounts()).isEqualTo(new SpaceCounts(1, 1, 1, 2));
        for (int id = 0; id < 3; id++) {
            p.run(id, a).translate(BASE, false);
            p.run(id, a).translate(BASE + PAGE, false);
        }
        assertThat(p.counts().walks()).as("one page on three processors").isEqualTo(9 + 3);

        p.run(3, a).translate(BASE + PAGE, false);
        assertThat(p.counts().walks()).as("all of the address space on the fourth").isEqualTo(9 + 3 + 1);
        assertThat(p.spaceCounts()).isEqualTo(new SpaceCounts(2, 2, 1, 2));
        assertThat(p.count()).isEqualTo(4);
    }

    @Test
    void an_invalidation_where_nobody_else_runs_interrupts_nobody() {
        Processors p = processors(6);
        Processors.Space a = space();
        p.run(0, a).translate(BASE, false);

        p.invalidate(0, a, BASE);

        assertThat(p.run(0, a).translate(BASE, false)).isEqualTo(1);
        assertThat(p.spaceCounts()).isEqualTo(new SpaceCounts(0, 0, 0, 0));
        assertThat(p.counts().walks()).isEqualTo(2);
        assertThatThrownBy(() -> processors(Mmu.MOST_SPACES + 2)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("numbers of address spaces");
    }

    @Test
    void a_perf_mem_trace_of_two_processes_on_two_processors_counts_switches_and_shootdowns() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int round = 0; round < 3; round++) {
            text.append(" my prog 10/10 [000] 1.").append(round).append("1: cpu/mem-loads,ldlat=30/P: 7f0000000000\n");
            text.append(" my prog 10/11 [001] 1.").append(round).append("2: cpu/mem-loads,ldlat=30/P: 7f0000000000\n");
            text.append(" other/1 20/20 [000] 1.").append(round).append("3: cpu/mem-loads,ldlat=30/P: 7f0000000000\n");
        }
        // The page was the zero page; the write puts another in its place, and the thread on processor 1 has to hear of it.
        text.append(" my prog 10/10 [000] 2.1: cpu/mem-stores/P: 7f0000000008\n");
        text.append(" my prog 10/11 [001] 2.2: cpu/mem-loads,ldlat=30/P: 7f0000000008\n");
        Path trace = Files.write(directory.resolve("two.txt"), text.toString().getBytes(StandardCharsets.US_ASCII));

        AccessComparison.Result with = compare(trace, Processors.USUAL_NUMBERS);
        AccessComparison.Result without = compare(trace, 0);

        assertThat(with.faults()).isEqualTo(3);
        // Processor 0: 10, 20, 10, 20, 10, 20, 10; number 1 is given once with a flush.
        assertThat(with.spaces()).isEqualTo(new SpaceCounts(6, 1, 1, 1));
        assertThat(with.counts().walks()).isEqualTo(2 + 1 + 1 + 1);
        assertThat(without.spaces()).isEqualTo(new SpaceCounts(6, 6, 1, 1));
        assertThat(without.counts().walks()).isEqualTo(6 + 1 + 1 + 1);
    }

    private static AccessComparison.Result compare(Path trace, int numbers) throws Exception {
        AccessComparison c = new AccessReplay(Optional.empty(), 0, numbers).compare(trace, List.of(Policy.named("never")));
        assertThat(c.processes()).isEqualTo(2);
        assertThat(c.processors()).isEqualTo(2);
        assertThat(c.accesses()).isEqualTo(11);
        return c.results().get(0);
    }
}
