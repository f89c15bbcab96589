package org.mmkit.kconfig.repair;

import java.util.List;
import java.util.function.Predicate;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.Symbol;

/**
 * Quick proofs that no configuration turns something on: by unit propagation, so that "not proved" means nothing.
 * Confined to one thread.
 */
public final class Reachability {

    private final SatSolver solver = new SatSolver();
    private final KconfigFormula formula;

    /** Proofs about {@code tree} in which symbols that are {@code open} may have any value. */
    public Reachability(KconfigTree tree, Predicate<Symbol> open) {
        formula = new KconfigFormula(new ConfigurationEditor(tree).current(), solver);
        formula.setOpen(open);
    }

    /** Whether a bool or tristate symbol is proved to be n always. */
    public boolean isNeverOn(Symbol s) {
        return solver.refutes(formula.value(s).some());
    }

    /** Whether an expression is proved to be n always. */
    public boolean isNeverOn(Expr e) {
        return solver.refutes(formula.level(e).some());
    }

    /** Whether {@code later} is proved never to apply since one of {@code earlier} does, always or where it would. */
    public boolean isShadowed(List<Property> earlier, Property later) {
        int[] none = new int[earlier.size() + 1];
        for (int i = 0; i < earlier.size(); i++) {
            none[i] = -formula.level(earlier.get(i).condition()).some();
        }
        int applies = formula.level(later.condition()).some();
        none[earlier.size()] = none[0];
        boolean always = solver.refutes(none);
        none[earlier.size()] = applies;
        return always || !solver.refutes(applies) && solver.refutes(none);
    }
}
