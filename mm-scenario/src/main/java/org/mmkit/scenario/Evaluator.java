package org.mmkit.scenario;

import java.util.HashMap;
import java.util.Map;
import org.mmkit.scenario.syntax.Constants;
import org.mmkit.scenario.syntax.Expression;
import org.mmkit.scenario.syntax.Expression.Literal;
import org.mmkit.scenario.syntax.Expression.Name;
import org.mmkit.scenario.syntax.Expression.Negation;
import org.mmkit.scenario.syntax.Expression.NumberLiteral;
import org.mmkit.scenario.syntax.Expression.Product;
import org.mmkit.scenario.syntax.Expression.StringLiteral;
import org.mmkit.scenario.syntax.Expression.Sum;
import org.mmkit.scenario.syntax.Expression.Term;
import org.mmkit.scenario.syntax.Expression.Union;
import org.mmkit.scenario.syntax.ScenarioException;

/** The variables of one process, and what expressions come to. Not thread-safe. */
final class Evaluator {

    private final String file;
    private final Map<String, Literal> variables;

    Evaluator(String file) {
        this(file, new HashMap<>());
    }

    private Evaluator(String file, Map<String, Literal> variables) {
        this.file = file;
        this.variables = variables;
    }

    /** The same variables, from now on independent, as fork gives them. */
    Evaluator copy() {
        return new Evaluator(file, new HashMap<>(variables));
    }

    void set(String name, long value) {
        variables.put(name, new NumberLiteral(value));
    }

    /** Sets {@code name} to the value of {@code expression}. */
    void assign(int line, String name, Expression expression) throws ScenarioException {
        variables.put(name, isText(expression) ? new StringLiteral(text(line, expression)) : new NumberLiteral(number(line, expression)));
    }

    private boolean isText(Expression expression) {
        return expression instanceof StringLiteral
                || expression instanceof Name && variables.get(((Name) expression).name()) instanceof StringLiteral;
    }

    /** The text of a string, or of a name set to one. */
    String text(int line, Expression expression) throws ScenarioException {
        if (expression instanceof StringLiteral) {
            return ((StringLiteral) expression).text();
        }
        if (expression instanceof Name && variables.get(((Name) expression).name()) instanceof StringLiteral) {
            return ((StringLiteral) variables.get(((Name) expression).name())).text();
        }
        throw new ScenarioException(file, line, 0, "expected a string in double quotes, found a number");
    }

    /** The number that {@code expression} comes to, modulo 2^64. */
    long number(int line, Expression expression) throws ScenarioException {
        if (expression instanceof NumberLiteral) {
            return ((NumberLiteral) expression).value();
        }
        if (expression instanceof Name) {
            return named(line, (Name) expression);
        }
        if (expression instanceof Negation) {
            return -number(line, ((Negation) expression).operand());
        }
        long value = 0;
        if (expression instanceof Sum) {
            for (Term term : ((Sum) expression).terms()) {
                long operand = number(line, term.value());
                value = term.subtracted() ? value - operand : value + operand;
            }
            return value;
        }
        if (expression instanceof Product) {
            value = 1;
            for (Expression factor : ((Product) expression).factors()) {
                value *= number(line, factor);
            }
            return value;
        }
        if (expression instanceof Union) {
            for (Expression member : ((Union) expression).members()) {
                value |= number(line, member);
            }
            return value;
        }
        throw new ScenarioException(file, line, 0, "a string cannot be computed with; expected a number");
    }

    private long named(int line, Name name) throws ScenarioException {
        Literal variable = variables.get(name.name());
        if (variable instanceof NumberLiteral) {
            return ((NumberLiteral) variable).value();
        }
        Long constant = variable == null ? Constants.values().get(name.name()) : null;
        if (constant == null) {
            throw new ScenarioException(file, line, name.column(), variable == null
                    ? "the name '" + name.name() + "' is not set here"
                    : "'" + name.name() + "' is a string; expected a number");
        }
        return constant;
    }
}
