package org.mmkit.scenario.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mmkit.scenario.ScenarioRunner;
import org.mmkit.scenario.generate.ScenarioGenerator.Family;
import org.mmkit.scenario.syntax.ScenarioParser;

class ScenarioGeneratorTest {

    @ParameterizedTest
    @EnumSource
    void the_same_seed_writes_the_same_scenario_and_another_one_another(Family family) {
        String first = ScenarioGenerator.generate(family, 7, 12);

        assertThat(ScenarioGenerator.generate(family, 7, 12)).isEqualTo(first);
        assertThat(ScenarioGenerator.generate(family, 8, 12)).isNotEqualTo(first);
    }

    @Test
    void a_variation_differs_from_its_original_and_is_the_same_for_the_same_seed() {
        String original = ScenarioGenerator.generate(Family.THP, 7, 12);
        String first = ScenarioVariation.vary(original, 3, 5);

        assertThat(ScenarioVariation.vary(original, 3, 5)).isEqualTo(first).isNotEqualTo(original);
        assertThat(ScenarioVariation.vary(original, 4, 5)).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(names = {"THP", "MTHP", "SHMEM", "KHUGEPAGED", "FILES"})
    void every_variation_runs_to_its_end_without_breaking_an_invariant(Family family) throws Exception {
        String original = ScenarioGenerator.generate(family, 1000, 15);
        for (long seed = 0; seed < 6; seed++) {
            String text = ScenarioVariation.vary(original, seed, 6);
            int[] rows = {0};
            ScenarioRunner.run(
                    ScenarioParser.parse(family + " varied by " + seed, text), ScenarioRunner.machine().build(), row -> rows[0]++);

            assertThat(rows[0]).as("rows of %s, varied by %d", family, seed).isGreaterThan(10);
        }
    }

    /** The runner checks every invariant of the machine after each line. */
    @ParameterizedTest
    @EnumSource
    void every_random_scenario_runs_to_its_end_without_breaking_an_invariant(Family family) throws Exception {
        for (long seed = 1000; seed < 1004; seed++) {
            String text = ScenarioGenerator.generate(family, seed, 20);
            int[] rows = {0};
            ScenarioRunner.run(
                    ScenarioParser.parse(family + " seed " + seed, text), ScenarioRunner.machine().build(), row -> rows[0]++);

            assertThat(rows[0]).as("rows of %s, seed %d", family, seed).isGreaterThan(10);
        }
    }
}
