package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodePoolsTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "pool-over-two-nodes", "whose-pages-are-used", "policies", "boot-by-node", "gigantic-over-two-nodes", "three-nodes", "soft-offline-huge-pages", "soft-offline-pages",
        "soft-offline-two-nodes",
        "moving"
    })
    void H07_pools_over_several_nodes_grow_shrink_and_serve_as_in_the_recording(String name) throws IOException {
        NodeRecording recording = new NodeRecording(name);

        assertThat(recording.play()).isEqualTo(recording.recorded());
        recording.machine().verify();
    }
}
