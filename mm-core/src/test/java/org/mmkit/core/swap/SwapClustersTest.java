package org.mmkit.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Places as read from /proc/PID/pagemap of a Linux 6.18 that paged the same folios out. */
class SwapClustersTest {

    private static final int HUGE = 9;

    private final SwapClusters clusters = new SwapClusters(32 << HUGE, HUGE);

    private void free(int first, int n) {
        for (int slot = first; slot < first + n; slot++) {
            clusters.free(slot);
        }
    }

    @Test
    void single_pages_begin_behind_the_header_and_larger_folios_in_clusters_of_their_own() {
        assertThat(clusters.allocate(0)).isEqualTo(1);
        assertThat(clusters.allocate(2)).isEqualTo(512);
        assertThat(clusters.allocate(HUGE)).isEqualTo(1024);
        assertThat(clusters.allocate(2)).isEqualTo(516);
        assertThat(clusters.allocate(0)).isEqualTo(2);
    }

    @Test
    void what_was_given_back_is_used_again_only_when_the_cluster_has_come_to_its_end() {
        for (int slot = 1; slot < 15; slot++) {
            assertThat(clusters.allocate(0)).isEqualTo(slot);
        }
        free(1, 14);

        assertThat(clusters.allocate(0)).isEqualTo(15);
        for (int slot = 16; slot < 512; slot++) {
            assertThat(clusters.allocate(0)).isEqualTo(slot);
        }
        assertThat(clusters.allocate(0)).as("a cluster that was allocated from since waits behind free ones").isEqualTo(512);
        free(15, 100);
        free(512, 1);
        assertThat(clusters.allocate(0)).as("the emptied cluster went to the end of the free ones").isEqualTo(1);
    }

    @Test
    void an_emptied_cluster_waits_at_the_end_of_the_free_ones() {
        assertThat(clusters.allocate(2)).isEqualTo(512);
        free(512, 4);

        assertThat(clusters.allocate(2)).isEqualTo(1024);
        for (int cluster = 3; cluster < 32; cluster++) {
            assertThat(clusters.allocate(HUGE)).isEqualTo(cluster << HUGE);
        }
        assertThat(clusters.allocate(HUGE)).isEqualTo(512);
        assertThat(clusters.allocate(HUGE)).as("cluster 2 serves 16 kB, cluster 0 holds the header").isEqualTo(-1);
    }

    @Test
    void single_pages_take_the_room_of_larger_folios_when_nothing_else_is_left() {
        SwapClusters small = new SwapClusters(2 << HUGE, HUGE);
        assertThat(small.allocate(2)).isEqualTo(512);
        for (int slot = 1; slot < 512; slot++) {
            assertThat(small.allocate(0)).isEqualTo(slot);
        }

        assertThat(small.allocate(0)).isEqualTo(516);
        assertThat(small.allocate(2)).as("goes on where its order was last").isEqualTo(520);
    }

    @Test
    void slots_behind_the_end_of_the_device_are_never_given_out() {
        SwapClusters cut = new SwapClusters((1 << HUGE) + 3, HUGE);
        int given = 0;
        for (int slot = cut.allocate(0); slot >= 0; slot = cut.allocate(0)) {
            assertThat(slot).isBetween(1, (1 << HUGE) + 2);
            given++;
        }
        assertThat(given).isEqualTo((1 << HUGE) + 2);
    }
}
