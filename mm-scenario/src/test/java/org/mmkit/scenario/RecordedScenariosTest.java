package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Scenarios that were recorded on Linux 6.18: the model must give the same rows, and pass its own checks after every line. */
class RecordedScenariosTest {

    static Path scenarios() {
        Path here = Path.of("src", "test", "scenarios");
        return Files.isDirectory(here) ? here : Path.of("mm-scenario").resolve(here);
    }

    @TestFactory
    Stream<DynamicTest> every_row_is_that_of_the_kernel() throws Exception {
        List<ScenarioSuite.Result> results = ScenarioSuite.run(scenarios(), Set.of(), Runtime.getRuntime().availableProcessors());
        assertThat(results).hasSizeGreaterThan(40);
        return results.stream().map(result -> DynamicTest.dynamicTest(result.name().toString(), () -> {
            assertThat(result.stopped()).isEmpty();
            assertThat(result.comparison().differences()).isEmpty();
        }));
    }
}
