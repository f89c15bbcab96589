package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link KconfigTree} entry by entry, in the order of the files. A parser tells it what it reads and
 * where; {@link #finish} makes the tree immutable. Confined to one thread.
 */
public final class TreeBuilder {

    private final Dialect dialect;
    private final boolean classic;
    private final SymbolTable symbols;
    private final ExprTable exprs;
    private final Diagnostic.Sink sink;
    private final MenuNode root;
    private final List<MenuNode> nodes = new ArrayList<>(20_000);
    private final List<String> files = new ArrayList<>(2000);
    private final Map<String, String> environment = new LinkedHashMap<>();
    private int properties;
    private String file = "";
    private int line;
    private MenuNode menu;
    private MenuNode entry;
    private @Nullable MenuNode lastSibling;
    private @Nullable Symbol modules;
    private @Nullable Symbol defconfigList;

    /**
     * A builder that reports to {@code sink}.
     *
     * @param dialect decides what choices are
     */
    public TreeBuilder(Diagnostic.Sink sink, Dialect dialect) {
        this.dialect = dialect;
        this.classic = dialect.isClassic();
        this.symbols = new SymbolTable(classic);
        this.exprs = new ExprTable(symbols);
        this.sink = sink;
        this.root = new MenuNode(0, "", 0, null, null);
        nodes.add(root);
        this.menu = root;
        this.entry = root;
    }

    /** Expressions of the tree. */
    public ExprTable exprs() {
        return exprs;
    }

    /** Says where the following calls come from. */
    public void at(String newFile, int newLine) {
        file = newFile;
        line = newLine;
    }

    /** The symbol that {@code name} means, quoted ({@code constant}) or not; made when new. */
    public Symbol symbol(String name, boolean constant) {
        return symbols.lookup(name, constant);
    }

    /** The entry that properties are added to. */
    public MenuNode entry() {
        return entry;
    }

    /** The block that entries are added to. */
    public MenuNode menu() {
        return menu;
    }

    /** The number of entries so far. */
    public int entryCount() {
        return nodes.size();
    }

    /** Starts an entry that defines {@code symbol}, or nothing when null. */
    public MenuNode addEntry(@Nullable Symbol symbol) {
        MenuNode node = new MenuNode(nodes.size(), file, line, symbol, menu);
        nodes.add(node);
        if (lastSibling == null) {
            menu.firstChild = node;
        } else {
            lastSibling.next = node;
        }
        lastSibling = node;
        entry = node;
        if (symbol != null) {
            MenuNode last = symbol.lastNode;
            if (last == null) {
                symbol.firstNode = node;
            } else {
                last.nextOfSymbol = node;
            }
            symbol.lastNode = node;
        }
        return node;
    }

    /** Starts a choice. */
    public MenuNode addChoice() {
        Symbol choice = symbols.newChoice();
        MenuNode node = addEntry(choice);
        if (!classic) {
            choice.type = SymbolType.BOOL;
        }
        return node;
    }

    /** Starts a choice that may go on elsewhere under the same name. */
    public MenuNode addChoice(String name) {
        return addEntry(symbols.namedChoice(name));
    }

    /** Makes the current entry the block that the following entries belong to. */
    public MenuNode openBlock() {
        menu = entry;
        lastSibling = null;
        return menu;
    }

    /** Ends the current block. */
    public void closeBlock() {
        MenuNode closed = menu;
        MenuNode up = closed.parent;
        if (up != null) {
            lastSibling = closed;
            menu = up;
        }
    }

    /** {@code depends on dep}, or {@code depends on dep if condition}: then dep matters unless condition is n. */
    public void addDependency(Expr dep, @Nullable Expr condition) {
        Expr term = condition == null ? dep
                : exprs.binary(ExprKind.OR, dep, new ExprAlgebra(exprs, classic, sink).equalNo(condition));
        entry.dependency = exprs.and(entry.dependency, term);
        entry.addWritten(term, line);
    }

    /** {@code visible if condition}. */
    public void addVisibility(Expr condition) {
        entry.visibility = exprs.and(entry.visibility, condition);
    }

    /** Declares the type of the current entry's symbol. */
    public void setType(SymbolType type) {
        Symbol symbol = entry.symbol;
        if (symbol == null || symbol.type == type) {
            return;
        }
        if (symbol.type == SymbolType.UNKNOWN) {
            symbol.type = type;
            return;
        }
        sink.report(Diagnostic.warning(entry.file, entry.line, "ignoring type redefinition of '" + symbol
                + "' from '" + symbol.type.label() + "' to '" + type.label() + "'"));
    }

    /** Adds a default, select, imply or range. */
    public Property addProperty(PropertyKind kind, @Nullable Expr value, @Nullable Expr condition) {
        Property p = new Property(properties++, kind, entry, file, line, value, condition);
        Symbol symbol = entry.symbol;
        if (symbol != null) {
            Property last = symbol.lastProperty;
            if (last == null) {
                symbol.firstProperty = p;
            } else {
                last.next = p;
            }
            symbol.lastProperty = p;
        }
        return p;
    }

    /** Adds a prompt, menu title or comment. */
    public void addPrompt(PropertyKind kind, String text, @Nullable Expr condition) {
        Expr shown = condition;
        if (kind == PropertyKind.PROMPT) {
            for (MenuNode up = entry.parent; up != null; up = up.parent) {
                if (up.visibility != null) {
                    shown = exprs.and(shown, up.visibility);
                }
            }
        }
        Property p = addProperty(kind, null, shown);
        String trimmed = text;
        if (!text.isEmpty() && isSpace(text.charAt(0))) {
            sink.report(Diagnostic.warning(p.file, p.line, "leading whitespace ignored"));
            int i = 0;
            while (i < text.length() && isSpace(text.charAt(i))) {
                i++;
            }
            trimmed = text.substring(i);
        }
        if (entry.prompt != null) {
            sink.report(Diagnostic.warning(p.file, p.line, "prompt redefined"));
        }
        entry.prompt = p;
        p.text = trimmed;
        p.hasText = true;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** Turns the prompt of the current entry into a menu title, as {@code menuconfig} does. */
    public boolean promptBecomesMenu() {
        Property p = entry.prompt;
        if (p == null) {
            return false;
        }
        p.kind = PropertyKind.MENU;
        return true;
    }

    /** Gives the current entry its help text. */
    public void setHelp(String help) {
        entry.help = help;
    }

    /** Marks the current entry's symbol as transitional. */
    public void setTransitional() {
        if (entry.symbol != null) {
            entry.symbol.transitional = true;
        }
    }

    /** Lets the current entry, a choice, pick no member. */
    public void setOptional() {
        if (entry.symbol != null) {
            entry.symbol.optional = true;
        }
    }

    /** Has {@code allnoconfig} turn the current entry's symbol on. */
    public void setOnInAllNo() {
        if (entry.symbol != null) {
            entry.symbol.onInAllNo = true;
        }
    }

    /** Keeps the current entry's symbol out of all files. */
    public void setNeverWritten() {
        if (entry.symbol != null) {
            entry.symbol.neverWritten = true;
        }
    }

    /** Makes the current entry's symbol the one whose defaults name files; false when another one is it already. */
    public boolean setDefconfigList() {
        if (defconfigList != null && defconfigList != entry.symbol) {
            return false;
        }
        defconfigList = entry.symbol;
        setNeverWritten();
        return true;
    }

    /** Adds the current entry's symbol to the members of {@code choice}, once. */
    public void addChoiceMember(MenuNode choice) {
        Symbol symbol = entry.symbol;
        if (symbol != null && symbol.memberOf == null) {
            symbol.memberOf = choice;
            choice.members.add(symbol);
        }
    }

    /** The symbol that the {@code modules} keyword marked; null so far. */
    public @Nullable Symbol modules() {
        return modules;
    }

    /** Makes the current entry's symbol the one that switches modules on. */
    public void setModules() {
        modules = entry.symbol;
    }

    /** Records that a file was read. */
    public void addFile(String name) {
        files.add(name);
    }

    /** Records that a variable of the environment was read. */
    public void addEnvironment(String name, String value) {
        environment.putIfAbsent(name, value);
    }

    /** Completes dependencies, builds implicit submenus, checks properties, and gives the finished tree. */
    public KconfigTree finish() {
        Symbol switchSymbol = modules != null ? modules : symbols.no;
        if (root.prompt == null) {
            entry = root;
            addPrompt(PropertyKind.MENU, "Main menu", null);
        }
        new MenuFinisher(exprs, switchSymbol, classic, sink).finish(root);
        for (Symbol s : symbols.all) {
            s.choiceNode = classic ? s.memberOf : enclosingChoice(s);
        }
        return new KconfigTree(root, symbols, switchSymbol, exprs.idCount(), properties, nodes.size(),
                List.copyOf(files), new LinkedHashMap<>(environment), dialect, defconfigList);
    }

    /** The choice around the first definition of {@code symbol} that has a prompt; null when there is none. */
    static @Nullable MenuNode enclosingChoice(Symbol symbol) {
        MenuNode node = symbol.firstNode;
        while (node != null && node.prompt == null) {
            node = node.nextOfSymbol;
        }
        if (node == null) {
            return null;
        }
        do {
            node = node.parent;
        } while (node != null && node.symbol == null);
        return node != null && node.isChoice() ? node : null;
    }
}
