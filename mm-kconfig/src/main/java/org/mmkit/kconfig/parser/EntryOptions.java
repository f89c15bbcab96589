package org.mmkit.kconfig.parser;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.lexer.Token;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.TreeBuilder;

/** Reads the lines below {@code config}, {@code choice}, {@code menu} and {@code comment}, one at a time. */
final class EntryOptions {

    private final KconfigParser parser;
    private final TreeBuilder tree;
    private final ExpressionParser expressions;
    private final boolean classic;
    private final ClassicStatements older;

    EntryOptions(KconfigParser parser, TreeBuilder tree, ExpressionParser expressions, boolean classic,
            Map<String, String> environment) {
        this.parser = parser;
        this.tree = tree;
        this.expressions = expressions;
        this.classic = classic;
        this.older = new ClassicStatements(parser, this, tree, environment);
    }

    /** Reads a statement that only the classic dialects have; false when {@code name} begins something else. */
    boolean olderStatement(String name) {
        return classic && older.statement(name);
    }

    /** Reads one line of a config entry; false when the line begins something else. */
    boolean configOption() {
        switch (parser.token) {
            case Token.BOOL -> type(SymbolType.BOOL);
            case Token.TRISTATE -> type(SymbolType.TRISTATE);
            case Token.INT -> type(SymbolType.INT);
            case Token.HEX -> type(SymbolType.HEX);
            case Token.STRING -> type(SymbolType.STRING);
            case Token.PROMPT -> prompt();
            case Token.DEFAULT -> defaultValue(SymbolType.UNKNOWN);
            case Token.DEF_BOOL -> defaultValue(SymbolType.BOOL);
            case Token.DEF_TRISTATE -> defaultValue(SymbolType.TRISTATE);
            case Token.SELECT -> target(PropertyKind.SELECT);
            case Token.IMPLY -> target(PropertyKind.IMPLY);
            case Token.RANGE -> range();
            case Token.MODULES -> {
                parser.advance();
                parser.endOfStatement();
                Symbol known = tree.modules();
                Symbol own = tree.entry().symbol();
                if (known != null && own != null) {
                    parser.error("symbol '" + own.name() + "' redefines option 'modules' already defined by symbol '"
                            + known.name() + "'");
                }
                tree.setModules();
                parser.advance();
            }
            case Token.TRANSITIONAL -> {
                parser.advance();
                parser.endOfStatement();
                tree.setTransitional();
                parser.advance();
            }
            case Token.DEPENDS -> depends();
            case Token.HELP -> help();
            default -> {
                return classic && parser.token == Token.WORD && older.option(parser.text());
            }
        }
        return true;
    }

    void type(SymbolType type) {
        parser.advance();
        if (parser.token == Token.QUOTED || classic && parser.token == Token.WORD) {
            String text = parser.quoted();
            Expr condition = condition();
            parser.place();
            tree.addPrompt(PropertyKind.PROMPT, text, condition);
        }
        parser.endOfStatement();
        parser.place();
        tree.setType(type);
        parser.advance();
    }

    private void prompt() {
        parser.advance();
        String text = parser.quoted();
        Expr condition = condition();
        parser.endOfStatement();
        parser.place();
        tree.addPrompt(PropertyKind.PROMPT, text, condition);
        parser.advance();
    }

    void defaultValue(SymbolType type) {
        parser.advance();
        Expr value = expressions.parse();
        Expr condition = condition();
        parser.endOfStatement();
        parser.place();
        tree.addProperty(PropertyKind.DEFAULT, value, condition);
        if (type != SymbolType.UNKNOWN) {
            tree.setType(type);
        }
        parser.advance();
    }

    private void target(PropertyKind kind) {
        parser.advance();
        Symbol target = word();
        Expr condition = condition();
        parser.endOfStatement();
        parser.place();
        tree.addProperty(kind, tree.exprs().symbol(target), condition);
        parser.advance();
    }

    private void range() {
        parser.advance();
        Symbol low = expressions.symbol();
        Symbol high = expressions.symbol();
        Expr condition = condition();
        parser.endOfStatement();
        parser.place();
        tree.addProperty(PropertyKind.RANGE, tree.exprs().compare(ExprKind.RANGE, low, high), condition);
        parser.advance();
    }

    void depends() {
        parser.advance();
        if (parser.token != Token.ON) {
            throw new KconfigParser.SyntaxError();
        }
        parser.advance();
        Expr dependency = expressions.parse();
        Expr condition = condition();
        parser.endOfStatement();
        parser.place();
        tree.addDependency(dependency, condition);
        parser.advance();
    }

    void help() {
        parser.advance();
        parser.endOfStatement();
        parser.advanceToHelp();
        String text = parser.text();
        MenuNode entry = tree.entry();
        Symbol symbol = entry.symbol();
        if (entry.help() != null) {
            parser.warning("'" + symbol + "' defined with more than one help text -- only the last one will be used");
        }
        if (text.isBlank()) {
            parser.warning("'" + symbol + "' defined with blank help text");
        }
        tree.setHelp(text);
        parser.advance();
    }

    /** Reads one line of a choice; false when the line begins something else. */
    boolean choiceOption() {
        switch (parser.token) {
            case Token.PROMPT -> prompt();
            case Token.BOOL -> {
                if (classic) {
                    type(SymbolType.BOOL);
                } else {
                    prompt();
                }
            }
            case Token.DEFAULT -> target(PropertyKind.DEFAULT);
            case Token.DEPENDS -> depends();
            case Token.HELP -> help();
            default -> {
                return classic && older.choiceOption();
            }
        }
        return true;
    }

    /** The symbol that an unquoted word means. */
    Symbol word() {
        if (parser.token != Token.WORD) {
            throw new KconfigParser.SyntaxError();
        }
        Symbol symbol = tree.symbol(parser.text(), false);
        parser.advance();
        return symbol;
    }

    /** The condition after {@code if}; null when there is none. */
    @Nullable Expr condition() {
        if (parser.token != Token.IF) {
            return null;
        }
        parser.advance();
        return expressions.parse();
    }
}
