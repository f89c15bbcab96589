package org.mmkit.kconfig.parser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.lexer.Lexer;
import org.mmkit.kconfig.lexer.Token;
import org.mmkit.kconfig.macro.MacroExpander;
import org.mmkit.kconfig.macro.MacroShell;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Diagnostic.Severity;
import org.mmkit.kconfig.model.Dialect;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.TreeBuilder;

/**
 * Reads Kconfig files.
 *
 * <p>A parser that never recurses over its input. After a syntax error it goes on with the next line, and says
 * what an LALR parser with the rule "error up to the end of the line" says. One instance reads one tree.
 */
public final class KconfigParser {

    /** More files than this waiting for each other are a runaway; C would run out of descriptors. */
    private static final int MAX_OPEN = 1000;
    private static final int MAX_SOURCED = 500_000;

    private final SourceFiles files;
    private final boolean classic;
    private final EntryOptions options;
    private final Diagnostic.Sink sink;
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final TreeBuilder tree;
    private final MacroExpander macros;
    private final Lexer lexer;
    private final ExpressionParser expressions;
    private final Set<String> seenFiles = new HashSet<>();
    private final List<Block> blocks = new ArrayList<>();
    private @Nullable MenuNode choice;
    private int sourced;
    private boolean failed;
    int token;
    /** Tokens to go until a syntax error is reported again. */
    private int quiet;

    private enum BlockKind {
        MENU("menu"), CHOICE("choice"), IF("if"), IF_IN_CHOICE("if");

        private final String keyword;

        BlockKind(String keyword) {
            this.keyword = keyword;
        }
    }

    private record Block(BlockKind kind, MenuNode node) {
    }

    /** Leaves a statement that is not in the grammar; carries nothing. */
    static final class SyntaxError extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SyntaxError() {
            super(null, null, false, false);
        }
    }

    /**
     * A parser.
     *
     * @param environment the variables that {@code $(NAME)} may read
     * @param listener told each diagnostic when it arises
     */
    public KconfigParser(SourceFiles files, Map<String, String> environment, MacroShell shell,
            Diagnostic.Sink listener) {
        this(files, environment, shell, listener, Dialect.LINUX);
    }

    /** As the other constructor, for a dialect. */
    public KconfigParser(SourceFiles files, Map<String, String> environment, MacroShell shell,
            Diagnostic.Sink listener, Dialect dialect) {
        this.classic = dialect.isClassic();
        this.files = files;
        this.sink = d -> {
            diagnostics.add(d);
            listener.report(d);
        };
        this.tree = new TreeBuilder(sink, dialect);
        this.macros = new MacroExpander(environment, shell, sink, tree::addEnvironment);
        this.lexer = new Lexer(macros, sink, dialect);
        this.expressions = new ExpressionParser(this, tree);
        this.options = new EntryOptions(this, tree, expressions, classic, Map.copyOf(environment));
    }

    /** Everything reported so far, in order. */
    public List<Diagnostic> diagnostics() {
        return List.copyOf(diagnostics);
    }

    /**
     * Reads the file {@code name} and all that it sources.
     *
     * @throws KconfigException when the files have errors
     */
    public KconfigTree parse(String name) {
        byte[] content = files.read(name);
        if (content == null) {
            throw fatal(Diagnostic.text(Severity.ERROR, "can't find file " + name));
        }
        return parse(name, content);
    }

    /** As {@link #parse(String)}, with the content of the top file. */
    public KconfigTree parse(String name, byte[] content) {
        addFile(name);
        lexer.open(name, content);
        readAll();
        if (failed) {
            throw new KconfigException(diagnostics);
        }
        KconfigTree result = tree.finish();
        if (!new DependencyCheck(result, sink, classic).check()) {
            throw new KconfigException(diagnostics);
        }
        return result;
    }

    /**
     * Reads all files as {@link #parse(String)} does, but makes no tree: for the commands that macros run on the way.
     * Errors end it without a word.
     */
    public void scout(String name) {
        byte[] content = files.read(name);
        if (content != null) {
            lexer.open(name, content);
            try {
                readAll();
            } catch (KconfigException e) {
                // The reading that counts reports it.
                failed = true;
            }
        }
    }

    private void addFile(String name) {
        if (seenFiles.add(name)) {
            tree.addFile(name);
        }
    }

    private KconfigException fatal(Diagnostic d) {
        sink.report(d);
        return new KconfigException(diagnostics);
    }

    /** Moves on to the next token. */
    void advance() {
        if (quiet > 0) {
            quiet--;
        }
        token = lexer.next();
    }

    /** Moves on to the text of a help section. */
    void advanceToHelp() {
        lexer.beginHelp();
        advance();
    }

    /** Assigns to a macro variable at the present place. */
    void assign(String name, String value) {
        macros.assign(name, value, MacroExpander.Flavor.RECURSIVE, lexer.file(), lexer.physicalLine());
    }

    /** The text of the current token. */
    String text() {
        return lexer.text();
    }

    void place() {
        tree.at(lexer.file(), lexer.statementLine());
    }

    void warning(String message) {
        sink.report(Diagnostic.at(Severity.WARNING, lexer.file(), lexer.statementLine(), "warning: " + message));
    }

    void error(String message) {
        failed = true;
        sink.report(Diagnostic.at(Severity.ERROR, lexer.file(), lexer.statementLine(), message));
    }

    private void readAll() {
        token = lexer.next();
        try {
            if (token == Token.MAINMENU) {
                advance();
                String title = quoted();
                endOfStatement();
                place();
                tree.addPrompt(PropertyKind.MENU, title, null);
                advance();
            }
        } catch (SyntaxError e) {
            if (!recover("invalid statement")) {
                return;
            }
        }
        while (token != Token.END || !blocks.isEmpty()) {
            String name = "";
            boolean inChoice = inChoice();
            try {
                if (token == Token.WORD && !inChoice) {
                    name = text();
                    if (!options.olderStatement(name)) {
                        assignment(name);
                    }
                } else {
                    statement(inChoice);
                }
            } catch (SyntaxError e) {
                String message = name.isEmpty() ? "invalid statement" : "unknown statement \"" + name + "\"";
                if (!recover(message)) {
                    return;
                }
            }
        }
    }

    private boolean inChoice() {
        if (blocks.isEmpty()) {
            return false;
        }
        BlockKind kind = blocks.get(blocks.size() - 1).kind;
        return kind == BlockKind.CHOICE || kind == BlockKind.IF_IN_CHOICE;
    }

    /** Skips to the end of a line that is not in the grammar; false at the end of the input. */
    private boolean recover(String message) {
        failed = true;
        if (quiet == 0) {
            // Tools before 6.10 count one line too many here.
            sink.report(Diagnostic.at(Severity.ERROR, lexer.file(), lexer.statementLine() + (classic ? 1 : 0),
                    "syntax error"));
        }
        quiet = 3;
        while (token != Token.EOL) {
            if (token == Token.END) {
                for (int i = blocks.size() - 1; i >= 0; i--) {
                    MenuNode open = blocks.get(i).node;
                    sink.report(Diagnostic.at(Severity.ERROR, open.file(), open.line(),
                            "missing end statement for this entry"));
                }
                return false;
            }
            token = lexer.next();
        }
        error(message);
        advance();
        return true;
    }

    private void statement(boolean inChoice) {
        switch (token) {
            case Token.CONFIG -> config(false);
            case Token.COMMENT -> comment();
            case Token.IF -> ifBlock(inChoice);
            case Token.ENDMENU -> end("menu");
            case Token.ENDCHOICE -> end("choice");
            case Token.ENDIF -> end("if");
            default -> {
                if (inChoice && !classic) {
                    throw new SyntaxError();
                }
                switch (token) {
                    case Token.MENUCONFIG -> config(true);
                    case Token.MENU -> menu();
                    case Token.CHOICE -> choice();
                    case Token.SOURCE -> source(false, false);
                    default -> throw new SyntaxError();
                }
            }
        }
    }

    private void assignment(String name) {
        advance();
        MacroExpander.Flavor flavor = switch (token) {
            case Token.EQUAL -> MacroExpander.Flavor.RECURSIVE;
            case Token.ASSIGN_SIMPLE -> MacroExpander.Flavor.SIMPLE;
            case Token.ASSIGN_APPEND -> MacroExpander.Flavor.APPEND;
            default -> throw new SyntaxError();
        };
        advance();
        String value = "";
        if (token == Token.ASSIGNED) {
            value = text();
            advance();
        }
        endOfStatement();
        macros.assign(name, value, flavor, lexer.file(), lexer.physicalLine());
        advance();
    }

    /** Checks that the statement ends here; the caller acts on it before it calls {@link #advance}. */
    void endOfStatement() {
        if (token != Token.EOL) {
            throw new SyntaxError();
        }
    }

    String quoted() {
        if (token != Token.QUOTED && !(classic && token == Token.WORD)) {
            throw new SyntaxError();
        }
        String text = text();
        advance();
        return text;
    }

    private void config(boolean asMenu) {
        advance();
        Symbol symbol = options.word();
        endOfStatement();
        place();
        MenuNode node = tree.addEntry(symbol);
        advance();
        while (options.configOption()) {
            // Each option is read by the condition.
        }
        if (asMenu) {
            if (!tree.promptBecomesMenu()) {
                warning("menuconfig statement without prompt");
            }
        } else if (choice != null && !classic) {
            if (node.prompt() == null) {
                failed = true;
                sink.report(Diagnostic.error(node.file(), node.line(), "choice member must have a prompt"));
            }
            if (symbol.type() != SymbolType.BOOL) {
                failed = true;
                sink.report(Diagnostic.error(node.file(), node.line(), "choice member must be bool"));
            }
            tree.addChoiceMember(choice);
        }
    }

    private void choice() {
        advance();
        String name = "";
        if (classic && token == Token.WORD) {
            name = text();
            advance();
        }
        endOfStatement();
        place();
        MenuNode node = name.isEmpty() ? tree.addChoice() : tree.addChoice(name);
        advance();
        while (options.choiceOption()) {
            // Each option is read by the condition.
        }
        if (node.prompt() == null && !classic) {
            failed = true;
            sink.report(Diagnostic.error(node.file(), node.line(), "choice must have a prompt"));
        }
        tree.openBlock();
        choice = node;
        blocks.add(new Block(BlockKind.CHOICE, node));
    }

    private void menu() {
        advance();
        String title = quoted();
        endOfStatement();
        place();
        MenuNode node = tree.addEntry(null);
        tree.addPrompt(PropertyKind.MENU, title, null);
        advance();
        while (true) {
            if (token == Token.DEPENDS) {
                options.depends();
            } else if (token == Token.VISIBLE) {
                advance();
                Expr condition = options.condition();
                endOfStatement();
                if (condition != null) {
                    tree.addVisibility(condition);
                }
                advance();
            } else {
                break;
            }
        }
        tree.openBlock();
        blocks.add(new Block(BlockKind.MENU, node));
    }

    private void comment() {
        advance();
        String text = quoted();
        endOfStatement();
        place();
        tree.addEntry(null);
        tree.addPrompt(PropertyKind.COMMENT, text, null);
        advance();
        while (token == Token.DEPENDS) {
            options.depends();
        }
    }

    private void ifBlock(boolean inChoice) {
        advance();
        Expr condition = expressions.parse();
        endOfStatement();
        place();
        MenuNode node = tree.addEntry(null);
        tree.addDependency(condition, null);
        tree.openBlock();
        blocks.add(new Block(inChoice ? BlockKind.IF_IN_CHOICE : BlockKind.IF, node));
        advance();
    }

    private void end(String keyword) {
        if (blocks.isEmpty()) {
            throw new SyntaxError();
        }
        advance();
        endOfStatement();
        Block block = blocks.remove(blocks.size() - 1);
        if (block.kind == BlockKind.CHOICE) {
            choice = null;
        }
        MenuNode open = tree.menu();
        if (!keyword.equals(block.kind.keyword)) {
            error("unexpected '" + keyword + "' within " + block.kind.keyword + " block");
        } else if (!open.file().equals(lexer.file())) {
            error("'" + keyword + "' in different file than '" + keyword + "'");
            sink.report(Diagnostic.at(Severity.ERROR, open.file(), open.line(), "location of the '" + keyword + "'"));
        } else {
            tree.closeBlock();
        }
        advance();
    }

    void source(boolean relative, boolean optional) {
        advance();
        String name = quoted();
        endOfStatement();
        int slash = lexer.file().lastIndexOf('/');
        if (relative && slash >= 0) {
            name = lexer.file().substring(0, slash + 1) + name;
        }
        if (classic && SourcePattern.isPattern(name)) {
            StringBuilder all = new StringBuilder();
            for (String match : files.matching(name)) {
                all.append("source \"").append(match).append("\"\n");
            }
            lexer.push(name, all.toString().getBytes(StandardCharsets.ISO_8859_1));
            advance();
            return;
        }
        if (optional && files.read(name) == null) {
            advance();
            return;
        }
        byte[] content = ++sourced > MAX_SOURCED || lexer.openCount() > MAX_OPEN ? null : files.read(name);
        if (content == null) {
            throw fatal(Diagnostic.at(Severity.ERROR, lexer.file(), lexer.statementLine(),
                    "can't open file \"" + name + "\""));
        }
        boolean recursive = name.equals(lexer.file()) || lexer.isOpen(name);
        lexer.push(name, content);
        if (recursive) {
            throw fatal(Diagnostic.text(Severity.ERROR, "Recursive inclusion detected.\nInclusion path:\n"
                    + "  current file : " + name + lexer.inclusionPath()));
        }
        addFile(name);
        advance();
    }
}
