package org.mmkit.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.lock.StopMachine;

class VirtualClockTest {

    private final VirtualClock clock = new VirtualClock(new StopMachine());
    private final List<String> runs = new ArrayList<>();

    private KernelThread thread(String name, long period) {
        return new KernelThread() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long run(long now) {
                runs.add(name + "@" + now);
                assertThat(clock.now()).isEqualTo(now);
                return period == NEVER ? NEVER : now + period;
            }
        };
    }

    @Test
    void threads_run_when_they_are_due_earliest_first_then_by_registration() {
        KernelThread slow = thread("slow", 10_000);
        KernelThread fast = thread("fast", 5_000);
        clock.register(slow);
        clock.register(fast);
        clock.wake(fast, 5_000);
        clock.wake(slow, 10_000);

        clock.advanceTo(20_000);

        assertThat(runs).containsExactly("fast@5000", "slow@10000", "fast@10000", "fast@15000", "slow@20000", "fast@20000");
        assertThat(clock.now()).isEqualTo(20_000);
    }

    @Test
    void a_thread_sleeps_until_it_is_woken_and_an_earlier_wake_up_wins() {
        KernelThread thread = thread("khugepaged", KernelThread.NEVER);
        clock.register(thread);
        clock.advance(1_000_000);
        assertThat(runs).isEmpty();

        clock.wake(thread, 3_000_000);
        clock.wake(thread, 2_000_000);
        clock.wake(thread, 4_000_000);
        clock.advance(9_000_000);

        assertThat(runs).containsExactly("khugepaged@2000000");
        assertThat(clock.due(thread)).isEqualTo(KernelThread.NEVER);
    }

    @Test
    void a_wake_up_for_a_moment_that_has_passed_runs_at_the_next_move() {
        KernelThread thread = thread("kswapd", KernelThread.NEVER);
        clock.register(thread);
        clock.advanceTo(500);

        clock.wake(thread, 100);
        clock.advance(0);

        assertThat(runs).containsExactly("kswapd@500");
    }

    @Test
    void a_thread_that_never_sleeps_does_not_stop_the_clock() {
        KernelThread busy = thread("busy", 0);
        clock.register(busy);
        clock.wake(busy, 0);

        clock.advanceTo(3 * VirtualClock.SHORTEST_PERIOD);

        assertThat(runs).hasSize(4);
        assertThat(clock.now()).isEqualTo(3 * VirtualClock.SHORTEST_PERIOD);
    }

    @Test
    void time_does_not_run_backwards() {
        clock.advanceTo(1_000);
        clock.advanceTo(10);

        assertThat(clock.now()).isEqualTo(1_000);
        assertThatThrownBy(() -> clock.advance(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void two_threads_of_one_name_are_refused() {
        clock.register(thread("khugepaged", 1));

        assertThatThrownBy(() -> clock.register(thread("khugepaged", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("khugepaged");
    }
}
