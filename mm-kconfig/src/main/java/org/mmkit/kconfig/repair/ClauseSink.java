package org.mmkit.kconfig.repair;

/**
 * Takes a formula as variables and clauses. Variables count from 1; a negative number is the negation.
 * Confined to one thread.
 */
public interface ClauseSink {

    /** A new variable, and the value that a search may try for it first. */
    int newVariable(boolean preferred);

    /** Adds a clause: one of the literals holds. */
    void addClause(int... literals);
}
