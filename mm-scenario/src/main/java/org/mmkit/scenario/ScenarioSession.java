package org.mmkit.scenario;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import org.mmkit.api.InvariantViolation;
import org.mmkit.core.Machine;
import org.mmkit.scenario.syntax.Scenario;
import org.mmkit.scenario.syntax.ScenarioException;
import org.mmkit.scenario.syntax.ScenarioParser;
import org.mmkit.scenario.syntax.Statement;

/**
 * A scenario that is given line by line: each line runs when it is complete, on a machine that lives on.
 *
 * <p>The machine keeps the settings it was booted with. Its invariants are checked after every statement. Not thread-safe.
 */
public final class ScenarioSession {

    private static final String NAME = "line";

    private final ScenarioRunner runner;
    private final StringBuilder accepted = new StringBuilder();
    private final StringBuilder pending = new StringBuilder();
    private int statements;
    private int depth;

    /** A session with one process on {@code machine}; {@code rows} is given what each line saw. */
    public ScenarioSession(Machine machine, Consumer<JsonObject> rows) {
        runner = ScenarioRunner.interactive(NAME, machine, rows);
    }

    /** The process that lines outside blocks run in. */
    public int pid() {
        return runner.pid();
    }

    /** Whether the lines so far have opened a block that is not closed; nothing of it has run. */
    public boolean isInsideBlock() {
        return depth > 0;
    }

    /**
     * Takes one line and runs it, or the block that it closes.
     *
     * @throws ScenarioException when the line, or the block, is not understood or cannot be carried out; what is not understood
     *     counts as not given
     * @throws InvariantViolation when the machine's state is wrong afterwards
     */
    public void line(String line) throws ScenarioException {
        String text = line.strip();
        pending.append(line).append('\n');
        if (text.equals("child {") || text.equals("parent {")) {
            depth++;
        } else if (text.equals("}")) {
            depth--;
        }
        if (depth > 0) {
            return;
        }
        depth = 0;
        String whole = accepted.toString() + pending;
        pending.setLength(0);
        Scenario scenario = ScenarioParser.parse(NAME, whole);
        accepted.setLength(0);
        accepted.append(whole);
        List<Statement> fresh = scenario.statements().subList(statements, scenario.statements().size());
        statements = scenario.statements().size();
        runner.run(fresh);
    }
}
