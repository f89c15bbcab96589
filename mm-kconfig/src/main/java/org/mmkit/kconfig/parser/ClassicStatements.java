package org.mmkit.kconfig.parser;

import java.util.Map;
import org.mmkit.kconfig.lexer.Token;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.model.TreeBuilder;

/** The lines that only the classic dialects have. Their words are ordinary words elsewhere. */
final class ClassicStatements {

    private final KconfigParser parser;
    private final EntryOptions options;
    private final TreeBuilder tree;
    private final Map<String, String> environment;

    ClassicStatements(KconfigParser parser, EntryOptions options, TreeBuilder tree, Map<String, String> environment) {
        this.parser = parser;
        this.options = options;
        this.tree = tree;
        this.environment = environment;
    }

    /** A statement that only the classic dialect has; false when {@code name} begins something else. */
    boolean statement(String name) {
        switch (name) {
            case "rsource" -> parser.source(true, false);
            case "osource" -> parser.source(false, true);
            case "orsource" -> parser.source(true, true);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A line of a config entry that only the classic dialect has; false when {@code name} begins something else. */
    boolean option(String name) {
        switch (name) {
            case "---help---" -> options.help();
            case "def_int" -> options.defaultValue(SymbolType.INT);
            case "def_hex" -> options.defaultValue(SymbolType.HEX);
            case "def_string" -> options.defaultValue(SymbolType.STRING);
            case "option" -> {
                parser.advance();
                if (parser.token == Token.MODULES) {
                    tree.setModules();
                    parser.advance();
                } else if (parser.token == Token.WORD) {
                    attribute(parser.text());
                } else {
                    throw new KconfigParser.SyntaxError();
                }
                parser.endOfStatement();
                parser.advance();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void attribute(String name) {
        parser.advance();
        String argument = "";
        if (parser.token == Token.EQUAL) {
            parser.advance();
            argument = parser.quoted();
        }
        switch (name) {
            case "env" -> {
                String value = Text.encode(environment.getOrDefault(Text.decode(argument), ""));
                Symbol symbol = tree.entry().symbol();
                tree.addEnvironment(argument, value);
                parser.place();
                tree.addProperty(PropertyKind.DEFAULT, tree.exprs().symbol(tree.symbol(value, true)), null);
                tree.setNeverWritten();
                if (symbol != null) {
                    parser.assign(symbol.name(), value);
                }
            }
            case "allnoconfig_y" -> tree.setOnInAllNo();
            case "defconfig_list" -> {
                if (!tree.setDefconfigList()) {
                    parser.error("trying to redefine defconfig symbol");
                }
            }
            default -> throw new KconfigParser.SyntaxError();
        }
    }

    /** A line of a choice that only the classic dialect has; false when something else begins. */
    boolean choiceOption() {
        if (parser.token == Token.TRISTATE) {
            options.type(SymbolType.TRISTATE);
            return true;
        }
        if (parser.token != Token.WORD) {
            return false;
        }
        switch (parser.text()) {
            case "---help---" -> options.help();
            case "optional" -> {
                parser.advance();
                parser.endOfStatement();
                tree.setOptional();
                parser.advance();
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
