package org.mmkit.kconfig.macro;

import java.io.IOException;
import java.util.Map;

/** Answers {@code $(shell,…)}. */
@FunctionalInterface
public interface MacroShell {

    /** The most bytes of an answer that count. */
    int ANSWER_LIMIT = 4095;

    /**
     * What {@code command} writes to its standard output.
     *
     * @param command the text to give to {@code sh -c}, one byte in each char
     * @return at least the first {@link #ANSWER_LIMIT} bytes, one in each char
     * @throws IOException when the command cannot be run; a failing command is no error
     */
    String run(String command) throws IOException;

    /** A shell that refuses every command. */
    static MacroShell forbidden() {
        return command -> {
            throw new IOException("shell commands are not allowed here");
        };
    }

    /** A shell that gives recorded answers and refuses any other command. */
    static MacroShell recorded(Map<String, String> answers) {
        Map<String, String> copy = Map.copyOf(answers);
        return command -> {
            String answer = copy.get(command);
            if (answer == null) {
                throw new IOException("no recorded answer");
            }
            return answer;
        };
    }
}
