package org.mmkit.scenario.syntax;

import java.util.List;

/**
 * A value in a scenario: a 64-bit number, with arithmetic modulo 2^64, or a string.
 *
 * <p>Chains of the same operator are one node, so that the depth of a tree is the depth of its parentheses.
 */
public sealed interface Expression {

    /** A value that stands for itself. */
    sealed interface Literal extends Expression permits NumberLiteral, StringLiteral {}

    /** A number; those above 2^63 are their two's complement. */
    record NumberLiteral(long value) implements Literal {}

    /** Text between double quotes. */
    record StringLiteral(String text) implements Literal {}

    /** A variable or a constant of the kernel's headers. */
    record Name(String name, int column) implements Expression {}

    /** {@code - operand}. */
    record Negation(Expression operand) implements Expression {}

    /** {@code first + second - third}: each term with whether it is subtracted. */
    record Sum(List<Term> terms) implements Expression {
        public Sum {
            terms = List.copyOf(terms);
        }
    }

    /** One operand of a {@link Sum}. */
    record Term(boolean subtracted, Expression value) {}

    /** {@code first * second}. */
    record Product(List<Expression> factors) implements Expression {
        public Product {
            factors = List.copyOf(factors);
        }
    }

    /** {@code first | second}. */
    record Union(List<Expression> members) implements Expression {
        public Union {
            members = List.copyOf(members);
        }
    }
}
