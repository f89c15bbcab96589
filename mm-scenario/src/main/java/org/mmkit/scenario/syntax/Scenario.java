package org.mmkit.scenario.syntax;

import java.util.List;

/**
 * A parsed scenario. Immutable.
 *
 * @param file the name for messages
 * @param lines the text, line by line, without surrounding blanks
 * @param statements what it does
 */
public record Scenario(String file, List<String> lines, List<Statement> statements) {

    public Scenario {
        lines = List.copyOf(lines);
        statements = List.copyOf(statements);
    }

    /** The text of {@code line}, counted from 1. */
    public String source(int line) {
        return lines.get(line - 1);
    }
}
