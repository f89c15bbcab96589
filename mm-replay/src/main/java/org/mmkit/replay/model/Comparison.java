package org.mmkit.replay.model;

import java.util.List;
import org.mmkit.replay.reader.Recording;

/**
 * One recording under several policies.
 *
 * @param recording what was replayed
 * @param selfCheck how well the model knows it
 * @param results one per policy, in the order asked for
 * @param asleep the same with a khugepaged that sleeps throughout, for the policies where that was asked for and may matter
 * @param advice what to do
 * @param programFacts what the program itself does about huge pages, as sentences
 */
public record Comparison(Recording recording, SelfCheck selfCheck, List<PolicyResult> results, List<PolicyResult> asleep, Advice advice, List<String> programFacts) {

    public Comparison {
        results = List.copyOf(results);
        asleep = List.copyOf(asleep);
        programFacts = List.copyOf(programFacts);
    }
}
