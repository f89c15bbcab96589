package org.mmkit.replay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyTest {

    private static final String ROOT = "/sys/kernel/mm/transparent_hugepage/";

    private static List<String> lines(List<Policy.Setting> settings) {
        return settings.stream().map(s -> s.file().replace(ROOT, "") + "=" + s.value()).toList();
    }

    @Test
    void the_names_of_truth_files_are_policies() {
        assertThat(Policy.named("madvise").enabled()).isEqualTo("madvise");
        assertThat(Policy.named("mthp64").sizes()).isEqualTo(Map.of(64, "always", 2048, "never"));
        assertThat(Policy.named("mthp16+64+2048").sizes()).isEqualTo(Map.of(16, "always", 64, "always", 2048, "always"));
    }

    @Test
    void a_policy_sets_every_size_and_enabled_last() {
        List<String> lines = lines(Policy.named("mthp64").settings());

        assertThat(lines).contains("hugepages-64kB/enabled=always", "hugepages-2048kB/enabled=never", "hugepages-32kB/enabled=never");
        assertThat(lines.get(lines.size() - 1)).isEqualTo("enabled=always");
    }

    @Test
    void changes_are_what_differs_from_a_usual_machine() {
        assertThat(lines(Policy.named("madvise").changes())).containsExactly("enabled=madvise");
        assertThat(lines(Policy.named("always").withDefrag("never").withKhugepaged(Map.of("max_ptes_none", 0L)).changes()))
                .containsExactly("defrag=never", "khugepaged/max_ptes_none=0", "enabled=always");
        assertThat(lines(Policy.named("mthp64").changes()))
                .containsExactly("hugepages-64kB/enabled=always", "hugepages-2048kB/enabled=never", "enabled=always");
        assertThat(Policy.named("never").changes().get(0).echo()).isEqualTo("echo never > " + ROOT + "enabled");
    }

    @Test
    void a_wrong_name_is_told_what_would_be_right() {
        assertThatThrownBy(() -> Policy.named("allways")).hasMessageContaining("never, madvise, always and mthp");
        assertThatThrownBy(() -> Policy.named("mthp48")).hasMessageContaining("sizes are 16, 32, 64");
        assertThatThrownBy(() -> Policy.named("mthp")).hasMessageContaining("sizes are");
    }
}
