package org.mmkit.scenario.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static List<JsonObject> rows(String... lines) {
        return Stream.of(lines).map(l -> JsonParser.parseString(l).getAsJsonObject()).collect(Collectors.toList());
    }

    private static Comparison compare(List<JsonObject> kernel, List<JsonObject> model) {
        return Comparison.of(kernel, model, Set.of());
    }

    @Test
    void a_field_that_is_zero_may_be_left_out() {
        Comparison c = compare(
                rows("{\"line\":1,\"kind\":\"store\",\"faults\":0}", "{\"line\":2,\"kind\":\"vmstat\",\"delta\":{\"a\":0,\"b\":2}}"),
                rows("{\"line\":1,\"kind\":\"store\"}", "{\"line\":2,\"kind\":\"vmstat\",\"delta\":{\"b\":2,\"c\":0}}"));

        assertThat(c.isIdentical()).isTrue();
        assertThat(c.identical()).isEqualTo(2);
    }

    @Test
    void zero_start_and_ret_still_count() {
        Comparison c = compare(rows("{\"line\":1,\"kind\":\"call\",\"ret\":0}"), rows("{\"line\":1,\"kind\":\"call\"}"));

        assertThat(c.isIdentical()).isFalse();
    }

    @Test
    void missing_and_surplus_rows_make_a_scenario_differ() {
        Comparison c = compare(rows("{\"line\":1,\"kind\":\"call\",\"ret\":0}"), rows("{\"line\":2,\"kind\":\"call\",\"ret\":0}"));

        assertThat(c.observations()).isEqualTo(1);
        assertThat(c.identical()).isZero();
        assertThat(c.surplus()).isEqualTo(1);
        assertThat(c.differences()).containsExactly(
                new Comparison.Difference(1, "call", "missing"),
                new Comparison.Difference(2, "call", "not in the recording"));
    }

    @Test
    void a_difference_names_the_field_and_both_values() {
        Comparison c = compare(
                rows("{\"line\":4,\"kind\":\"smaps\",\"vmas\":[{\"start\":0,\"Rss\":8}]}"),
                rows("{\"line\":4,\"kind\":\"smaps\",\"vmas\":[{\"start\":0,\"Rss\":4,\"Pss\":4}]}"));

        assertThat(c.differences()).containsExactly(new Comparison.Difference(
                4, "smaps", "vmas[0].Rss: kernel 8, model 4; vmas[0].Pss: kernel 0, model 4"));
    }

    @Test
    void the_same_line_seen_twice_is_compared_in_order() {
        Comparison c = compare(
                rows("{\"line\":1,\"kind\":\"load\",\"faults\":1}", "{\"line\":1,\"kind\":\"load\",\"faults\":2}"),
                rows("{\"line\":1,\"kind\":\"load\",\"faults\":1}", "{\"line\":1,\"kind\":\"load\",\"faults\":3}"));

        assertThat(c.identical()).isEqualTo(1);
    }

    @Test
    void ignored_fields_do_not_count() {
        Comparison c = Comparison.of(
                rows("{\"line\":1,\"kind\":\"load\",\"faults\":1}"),
                rows("{\"line\":1,\"kind\":\"load\",\"faults\":9}"), Set.of("faults"));

        assertThat(c.isIdentical()).isTrue();
    }
}
