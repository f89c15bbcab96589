package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps the clauses of a formula as they are, to be written down. Confined to one thread. */
final class ClauseList implements ClauseSink {

    private final List<int[]> clauses = new ArrayList<>();
    private int variables;

    @Override
    public int newVariable(boolean preferred) {
        return ++variables;
    }

    @Override
    public void addClause(int... literals) {
        clauses.add(literals.clone());
    }

    /** The number of variables. */
    int variables() {
        return variables;
    }

    /** All clauses in the order of their making. */
    List<int[]> clauses() {
        return Collections.unmodifiableList(clauses);
    }
}
