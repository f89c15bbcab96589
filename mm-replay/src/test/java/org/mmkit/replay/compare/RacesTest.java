package org.mmkit.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RacesTest {

    private final ThreadPace pace = new ThreadPace();
    private final Races races = new Races(pace);

    @Test
    void another_thread_within_the_window_joins_once() {
        races.begin(1, 0x7f0000200000L, 21, 10, 1_000);

        assertThat(races.joins(1, 0x7f0000300000L, 21, 11, 50_000, 300_000)).isTrue();
        assertThat(races.joins(1, 0x7f0000301000L, 21, 11, 60_000, 300_000)).isFalse();
        assertThat(races.joins(1, 0x7f0000301000L, 21, 12, 60_000, 300_000)).isTrue();
    }

    @Test
    void the_same_thread_another_block_another_space_and_a_late_one_do_not() {
        races.begin(1, 0x200000, 21, 10, 0);

        assertThat(races.joins(1, 0x200000, 21, 10, 1, 300_000)).isFalse();
        assertThat(races.joins(1, 0x400000, 21, 11, 1, 300_000)).isFalse();
        assertThat(races.joins(2, 0x200000, 21, 11, 1, 300_000)).isFalse();
        assertThat(races.joins(1, 0x200000, 12, 11, 1, 300_000)).isFalse();
        assertThat(races.joins(1, 0x200000, 21, 11, 300_001, 300_000)).isFalse();
    }

    @Test
    void a_thread_that_was_spared_faults_arrives_sooner() {
        races.begin(1, 0x200000, 21, 10, 0);
        for (int i = 1; i <= 40; i++) {
            pace.save(11, i * 10_000L, 2_500);
        }

        assertThat(races.joins(1, 0x200000, 21, 11, 401_000, 300_000)).as("401 us, of which 100 are saved").isFalse();
        assertThat(races.joins(1, 0x200000, 21, 11, 400_000, 300_000)).isTrue();
    }

    @Test
    void pace_is_kept_per_thread_for_many_threads() {
        for (int t = 1; t <= 1000; t++) {
            pace.save(t * 7, 10, t);
            pace.save(t * 7, 20, t);
        }
        for (int t = 1; t <= 1000; t++) {
            assertThat(pace.savedSince(t * 7, 10)).isEqualTo(t);
            assertThat(pace.savedSince(t * 7, 5)).isEqualTo(2 * t);
            assertThat(pace.savedSince(t * 7, 20)).isZero();
        }
    }
}
