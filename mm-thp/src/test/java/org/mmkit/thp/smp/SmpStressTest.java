package org.mmkit.thp.smp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.core.Machine;

/** SPEC T20 at random: see {@link SmpStress}. */
class SmpStressTest {

    private static final long SECOND = 1_000_000_000L;

    private static Machine machine(String memory, boolean proveLocking) {
        return Machine.builder()
                .memory(memory)
                .set("SMP", "y")
                .set("PROVE_LOCKING", proveLocking ? "y" : "n")
                .cmdline("transparent_hugepage=always")
                .build();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void T20_threads_that_fault_fork_unmap_split_and_collapse_leave_the_machine_whole(long seed) {
        try (Machine machine = machine("1G", true)) {
            assertThat(new SmpStress(machine, seed, 4, 400).run(5, 20 * SECOND)).isPositive();
        }
    }

    @Test
    void T20_threads_that_run_out_of_memory_leave_the_machine_whole() {
        try (Machine machine = machine("160M", true)) {
            assertThat(new SmpStress(machine, 7, 4, 300).run(4, 20 * SECOND)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void T20_threads_whose_memory_is_reclaimed_all_the_time_leave_the_machine_whole(long seed) {
        try (Machine machine = machine("96M", true)) {
            assertThat(new SmpStress(machine, seed, 4, 100).hungry().run(3, 20 * SECOND)).isPositive();
        }
    }

    @Test
    void T20_a_stress_that_is_over_ends_for_all_threads_at_once() {
        for (int seed = 1; seed <= 20; seed++) {
            try (Machine machine = machine("64M", false)) {
                // Short rounds of many threads, so that some look at the clock before the time is up and others after it.
                assertThat(new SmpStress(machine, seed, 8, 1, 20).run(Integer.MAX_VALUE, SECOND / 20)).isPositive();
            }
        }
    }

    @Test
    void T20_a_thread_that_hangs_fails_the_stress_with_how_far_all_are_and_where_they_stand() {
        CountDownLatch never = new CountDownLatch(1);
        // The two that go on come to the end of the round together, however slow one of them is.
        CountDownLatch left = new CountDownLatch(2 * 50);
        try (Machine machine = machine("64M", true)) {
            SmpStress stress = new SmpStress(machine, 1, 3, 50, 5) {
                private final ThreadLocal<Integer> done = ThreadLocal.withInitial(() -> 0);

                @Override
                void operate(SplittableRandom random) {
                    if (Thread.currentThread().getName().equals("stress-1")) {
                        hang(never);
                        return;
                    }
                    super.operate(random);
                    left.countDown();
                    done.set(done.get() + 1);
                    if (done.get() == 50) {
                        hang(left);
                    }
                }
            };

            assertThatThrownBy(() -> stress.run(5, 20 * SECOND))
                    .hasMessageContaining("operations done of 50: [50, 0, 50], a second later [50, 0, 50]")
                    .hasMessageContaining("no call runs alone")
                    .hasMessageContaining("stress-1 WAITING")
                    .hasMessageContaining("SmpStressTest.hang");
        } finally {
            never.countDown();
        }
    }

    private static void hang(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs for the seconds of {@code mmkit.stress.seconds}, 60 unless set, each seed for 20 seconds. */
    @Test
    @Tag("heavy")
    void T20_threads_that_do_everything_for_long_leave_the_machine_whole() {
        long end = System.nanoTime() + Long.getLong("mmkit.stress.seconds", 60) * SECOND;
        for (long seed = Long.getLong("mmkit.stress.seed", 100); System.nanoTime() < end; seed++) {
            try (Machine machine = machine(seed % 4 == 0 ? "192M" : "1G", seed % 2 == 0)) {
                new SmpStress(machine, seed, 2 + (int) (seed % 5), 2000).run(Integer.MAX_VALUE, Math.min(20 * SECOND, end - System.nanoTime()));
            }
            try (Machine machine = machine(seed % 3 == 0 ? "128M" : "96M", seed % 2 == 0)) {
                SmpStress stress = new SmpStress(machine, seed, 2 + (int) (seed % 7), 300).hungry();
                stress.run(Integer.MAX_VALUE, Math.min(20 * SECOND, end - System.nanoTime()));
            }
        }
    }
}
