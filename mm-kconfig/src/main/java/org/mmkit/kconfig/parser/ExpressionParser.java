package org.mmkit.kconfig.parser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mmkit.kconfig.lexer.Token;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.TreeBuilder;

/** Reads expressions by operator precedence with stacks of its own, so that no nesting overflows the thread's. */
final class ExpressionParser {

    private static final int PAREN = Token.OPEN;

    private final KconfigParser parser;
    private final TreeBuilder tree;
    private final List<Expr> operands = new ArrayList<>();
    private int[] operators = new int[16];
    private int depth;

    ExpressionParser(KconfigParser parser, TreeBuilder tree) {
        this.parser = parser;
        this.tree = tree;
    }

    /** A symbol or quoted constant. */
    Symbol symbol() {
        int token = parser.token;
        if (token != Token.WORD && token != Token.QUOTED) {
            throw new KconfigParser.SyntaxError();
        }
        Symbol symbol = tree.symbol(parser.text(), token == Token.QUOTED);
        parser.advance();
        return symbol;
    }

    /** The longest expression that begins at the current token. */
    Expr parse() {
        operands.clear();
        depth = 0;
        int open = 0;
        while (true) {
            while (parser.token == Token.NOT || parser.token == Token.OPEN) {
                if (parser.token == Token.OPEN) {
                    open++;
                }
                push(parser.token);
                parser.advance();
            }
            operands.add(primary());
            while (parser.token == Token.CLOSE && open > 0) {
                reduceTo(0);
                depth--;
                open--;
                parser.advance();
                reduceNots();
            }
            if (parser.token != Token.AND && parser.token != Token.OR) {
                break;
            }
            reduceTo(binding(parser.token));
            push(parser.token);
            parser.advance();
        }
        if (open > 0) {
            throw new KconfigParser.SyntaxError();
        }
        reduceTo(0);
        return operands.remove(operands.size() - 1);
    }

    private static int binding(int operator) {
        return switch (operator) {
            case Token.OR -> 1;
            case Token.AND -> 2;
            case Token.NOT -> 3;
            default -> 0;
        };
    }

    private void push(int operator) {
        if (depth == operators.length) {
            operators = Arrays.copyOf(operators, depth * 2);
        }
        operators[depth++] = operator;
    }

    private void reduceNots() {
        while (depth > 0 && operators[depth - 1] == Token.NOT) {
            reduceOne();
        }
    }

    /** Applies waiting operators that bind at least as tightly, up to the innermost parenthesis. */
    private void reduceTo(int binding) {
        while (depth > 0 && operators[depth - 1] != PAREN && binding(operators[depth - 1]) >= binding) {
            reduceOne();
        }
    }

    private void reduceOne() {
        int operator = operators[--depth];
        int top = operands.size() - 1;
        Expr last = operands.remove(top);
        if (operator == Token.NOT) {
            operands.add(tree.exprs().not(last));
        } else {
            Expr first = operands.remove(top - 1);
            operands.add(tree.exprs().binary(operator == Token.AND ? ExprKind.AND : ExprKind.OR, first, last));
        }
    }

    private Expr primary() {
        Symbol left = symbol();
        ExprKind kind = switch (parser.token) {
            case Token.EQUAL -> ExprKind.EQUAL;
            case Token.UNEQUAL -> ExprKind.UNEQUAL;
            case Token.LESS -> ExprKind.LESS;
            case Token.LESS_EQUAL -> ExprKind.LESS_EQUAL;
            case Token.GREATER -> ExprKind.GREATER;
            case Token.GREATER_EQUAL -> ExprKind.GREATER_EQUAL;
            default -> ExprKind.SYMBOL;
        };
        if (kind == ExprKind.SYMBOL) {
            return tree.exprs().symbol(left);
        }
        parser.advance();
        return tree.exprs().compare(kind, left, symbol());
    }
}
