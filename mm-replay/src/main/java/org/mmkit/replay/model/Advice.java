package org.mmkit.replay.model;

import java.util.List;

/**
 * A recommendation in words.
 *
 * @param policy name of the recommended policy
 * @param verdict one sentence: what to do
 * @param reasons sentences that say why, with numbers
 * @param limits sentences that say what the answer cannot know
 * @param commands shell lines that apply it
 */
public record Advice(String policy, String verdict, List<String> reasons, List<String> limits, List<String> commands) {

    public Advice {
        reasons = List.copyOf(reasons);
        limits = List.copyOf(limits);
        commands = List.copyOf(commands);
    }
}
