package org.mmkit.kconfig.export;

import java.io.IOException;
import org.mmkit.kconfig.repair.FormulaExport;

/** Formulas in the formats of solvers. */
public final class FormulaFormats {

    private FormulaFormats() {
    }

    /** DIMACS CNF; comment lines {@code c SYMBOL some full} say what literals mean. */
    public static void dimacs(FormulaExport formula, Appendable out) throws IOException {
        for (FormulaExport.Meaning m : formula.symbols()) {
            out.append("c ").append(m.symbol()).append(' ').append(String.valueOf(m.some())).append(' ')
                    .append(String.valueOf(m.full())).append('\n');
        }
        out.append("p cnf ").append(String.valueOf(formula.variables())).append(' ')
                .append(String.valueOf(formula.clauses().size())).append('\n');
        for (int[] clause : formula.clauses()) {
            for (int literal : clause) {
                out.append(String.valueOf(literal)).append(' ');
            }
            out.append("0\n");
        }
    }

    /** SMT-LIB 2: propositional variables, and for each symbol X the functions X.some and X.full. */
    public static void smtLib(FormulaExport formula, Appendable out) throws IOException {
        out.append("(set-logic QF_UF)\n");
        for (int v = 1; v <= formula.variables(); v++) {
            out.append("(declare-const v").append(String.valueOf(v)).append(" Bool)\n");
        }
        for (FormulaExport.Meaning m : formula.symbols()) {
            out.append("(define-fun |").append(m.symbol()).append(".some| () Bool ").append(term(m.some()))
                    .append(")\n(define-fun |").append(m.symbol()).append(".full| () Bool ").append(term(m.full()))
                    .append(")\n");
        }
        for (int[] clause : formula.clauses()) {
            out.append("(assert (or");
            for (int literal : clause) {
                out.append(' ').append(term(literal));
            }
            out.append("))\n");
        }
        out.append("(check-sat)\n");
    }

    private static String term(int literal) {
        return literal > 0 ? "v" + literal : "(not v" + -literal + ")";
    }
}
