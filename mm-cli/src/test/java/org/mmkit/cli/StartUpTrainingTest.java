package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The run that the launcher makes for the start-up archive. */
class StartUpTrainingTest {

    @Test
    void it_prints_nothing_and_gives_standard_output_back() throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        PrintStream mine = new PrintStream(seen, true);
        System.setOut(mine);
        try {
            StartUpTraining.main(new String[0]);
            assertThat(System.out).isSameAs(mine);
        } finally {
            System.setOut(before);
        }
        assertThat(seen.size()).isZero();
    }
}
