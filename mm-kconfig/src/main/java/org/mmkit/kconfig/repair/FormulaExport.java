package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.Symbol;

/**
 * The whole tree as a propositional formula: the rules of {@link Repairer}, with the numbers and texts that make
 * a difference.
 *
 * @param variables the number of variables
 * @param clauses the clauses; a negative number is a negation
 * @param symbols what the literals mean
 */
public record FormulaExport(int variables, List<int[]> clauses, List<Meaning> symbols) {

    /**
     * A symbol's literals.
     *
     * @param symbol the name
     * @param some holds when the symbol is m or y
     * @param full holds when it is y
     */
    public record Meaning(String symbol, int some, int full) {
    }

    /** The formula of all bool and tristate symbols of a configuration's tree. */
    public static FormulaExport of(ResolvedConfiguration configuration) {
        ClauseList recorder = new ClauseList();
        KconfigFormula formula = new KconfigFormula(configuration, recorder);
        List<Meaning> symbols = new ArrayList<>();
        for (Symbol s : configuration.tree().symbols()) {
            if (s.isDefined() && !s.isChoice() && !s.isConstant() && s.type().isLogical()) {
                KconfigFormula.Level l = formula.value(s);
                symbols.add(new Meaning(s.name(), l.some(), l.full()));
            }
        }
        return new FormulaExport(recorder.variables(), recorder.clauses(), symbols);
    }
}
