package org.mmkit.replay.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostModelTest {

    @Test
    void an_estimate_is_an_interval_and_says_what_it_is_made_of() {
        CostEstimate e = CostModel.standard().estimate(Map.of(CostModel.HUGE_2M, 2L, CostModel.ANON_4K, 100L, CostModel.REUSE, 0L));

        assertThat(e.low()).isEqualTo(2 * 286_000 + 100 * 1500);
        assertThat(e.high()).isEqualTo(2 * 389_000 + 100 * 2070);
        assertThat(e.parts()).extracting(CostEstimate.Part::constant).containsExactly(CostModel.HUGE_2M, CostModel.ANON_4K);
    }

    @Test
    void one_2M_fault_costs_as_much_as_150_to_200_small_ones() {
        CostModel m = CostModel.standard();

        double ratio = m.constant(CostModel.HUGE_2M).low() / m.constant(CostModel.ANON_4K).low();

        assertThat(ratio).isBetween(150.0, 200.0);
    }

    @Test
    void every_constant_has_a_source_and_is_an_interval() {
        assertThat(CostModel.standard().constants()).allSatisfy(c -> {
            assertThat(c.source()).isNotBlank();
            assertThat(c.low()).isPositive().isLessThanOrEqualTo(c.high());
        });
    }

    @Test
    void a_file_overrides_constants(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("costs"), "# my host\nhuge_fault_2m = 120000..150000\nanon_fault_4k=900\n\n");

        CostModel m = CostModel.standard().withFile(file);

        assertThat(m.constant(CostModel.HUGE_2M).high()).isEqualTo(150_000);
        assertThat(m.constant(CostModel.ANON_4K).low()).isEqualTo(900);
        assertThat(m.constant(CostModel.ANON_4K).high()).isEqualTo(900);
        assertThat(m.constant(CostModel.REUSE)).isEqualTo(CostModel.standard().constant(CostModel.REUSE));
    }

    @Test
    void a_wrong_line_is_named(@TempDir Path dir) throws Exception {
        Path name = Files.writeString(dir.resolve("a"), "\nhuge_fault = 1\n");
        Path number = Files.writeString(dir.resolve("b"), "reuse_fault = 5..2\n");

        assertThatThrownBy(() -> CostModel.standard().withFile(name)).hasMessageContaining("a:2").hasMessageContaining("huge_fault_2m");
        assertThatThrownBy(() -> CostModel.standard().withFile(number)).hasMessageContaining("b:1").hasMessageContaining("1500..2070");
    }
}
