package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.replay.compare.Options;
import org.mmkit.replay.compare.PolicyComparison;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;

/** 06: replay a recording of a program under settings that it was not recorded under. */
class Sample06ReplayTest {

    private static final Path RECORDING = Path.of("../../examples/recordings/sort-lines.perf.txt.gz");

    @Test
    void the_faults_that_the_program_would_take_with_huge_pages() throws Exception {
        Recording recording = new RecordingReader().read(RECORDING);

        Comparison comparison = new PolicyComparison(Options.standard())
                .compare(recording, List.of(Policy.named("never"), Policy.named("always"), Policy.named("mthp64")));

        assertThat(comparison.selfCheck().isSound()).isTrue();
        PolicyResult always = comparison.results().get(1);
        assertThat(always.faults().user()).as("as measured when it ran again, huge pages on").isEqualTo(719);
        assertThat(always.folios(Policy.PMD_KB)).isEqualTo(4);
        assertThat(always.cost()).isNotEqualTo(comparison.results().get(0).cost());
    }
}
