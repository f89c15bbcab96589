package org.mmkit.replay.model;

import java.util.List;
import org.mmkit.replay.reader.Recording;

/**
 * One recording under several policies.
 *
 * @param recording what was replayed
 * @param selfCheck how well the model knows it
 * @param results one per policy, in the order asked for
 * @param advice what to do
 * @param programFacts what the program itself does about huge pages, as sentences
 */
public record Comparison(Recording recording, SelfCheck selfCheck, List<PolicyResult> results, Advice advice, List<String> programFacts) {

    public Comparison {
        results = List.copyOf(results);
        programFacts = List.copyOf(programFacts);
    }
}
