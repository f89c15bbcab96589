package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The program of the README is the one that samples/consumers builds and runs from the jars. */
class ReadmeTest {

    @Test
    void the_lines_under_As_a_library_are_those_of_a_program_that_is_tested() throws Exception {
        String readme = Files.readString(Path.of("../../README.md"));
        String program = Files.readString(Path.of("../consumers/src/it/library/src/main/java/org/example/FirstFault.java"));
        int begin = readme.indexOf("```java\n") + "```java\n".length();
        String block = readme.substring(begin, readme.indexOf("```", begin));
        int first = block.indexOf("Machine machine");
        String lines = block.substring(first);

        assertThat(block.substring(0, first)).isEqualTo("import static org.mmkit.api.space.MapFlags.*;\n\n");
        assertThat(lines).contains("Machine.builder()");
        assertThat(program).contains("import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;").contains(lines.indent(8));
    }
}
