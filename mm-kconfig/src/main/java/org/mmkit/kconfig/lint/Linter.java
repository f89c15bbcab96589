package org.mmkit.kconfig.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.SourcePosition;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;

/**
 * Looks through a tree for every {@link Rule}. Confined to one thread.
 *
 * <p>An unmet select is reported when a term of the target's dependencies is not among the terms that hold wherever
 * the select does, selects of the selecting symbol's own dependencies included. It is a syntactic test: what follows
 * only by cases is reported although it may be fine.
 */
public final class Linter {

    /** Symbols that are followed from one select; enough for every chain in the kernel. */
    private static final int MAX_CHAIN = 400;

    private final KconfigTree tree;
    private final List<Finding> findings = new ArrayList<>();

    /** A linter of {@code tree}. */
    public Linter(KconfigTree tree) {
        this.tree = tree;
    }

    /** All findings of a tree, in the order of the menus; {@code diagnostics} of the parser first. */
    public List<Finding> lint(List<Diagnostic> diagnostics) {
        findings.clear();
        for (Diagnostic d : diagnostics) {
            if (d.severity() == Diagnostic.Severity.WARNING) {
                findings.add(new Finding(Rule.PARSER_WARNING, new SourcePosition(d.file(), d.line()), "",
                        Text.decode(d.message())));
            }
        }
        MenuNode root = tree.root();
        Set<Symbol> seen = new HashSet<>();
        for (MenuNode n = root.following(root); n != null; n = n.following(root)) {
            references(n);
            Symbol s = n.symbol();
            if (s == null) {
                continue;
            }
            help(n, s);
            if (seen.add(s)) {
                properties(s);
                reachable(s);
            }
        }
        return List.copyOf(findings);
    }

    private void add(Rule rule, SourcePosition position, Symbol symbol, String message) {
        findings.add(new Finding(rule, position, symbol.toString(), Text.decode(message)));
    }

    private void help(MenuNode n, Symbol s) {
        if (n.help() != null && !s.isChoice() && !s.hasPrompt() && !s.isTransitional()) {
            add(Rule.HELP_WITHOUT_PROMPT, n.position(), s, "help text of " + s.name()
                    + ", which no prompt exposes, is shown nowhere");
        }
    }

    private void references(MenuNode n) {
        for (MenuNode.Dependency d : n.written()) {
            undefined(d.condition(), new SourcePosition(n.file(), d.line()));
        }
        Symbol s = n.symbol();
        for (Property p = s == null ? n.prompt() : s.firstProperty(); p != null; p = p.next()) {
            if (p.node() == n && p.kind() != PropertyKind.SELECT && p.kind() != PropertyKind.IMPLY) {
                undefined(p.value(), p.position());
            }
        }
    }

    private void undefined(@Nullable Expr e, SourcePosition position) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        symbolsOf(e, symbols);
        for (Symbol s : symbols) {
            if (!s.isDefined() && !s.isConstant() && !isLiteral(s.name())) {
                add(Rule.UNDEFINED_SYMBOL, position, s, s.name() + " is defined nowhere, so it is always n");
            }
        }
    }

    /** A number or another word that is meant as a value: symbols are written in capitals. */
    private static boolean isLiteral(String name) {
        char c = name.isEmpty() ? '0' : name.charAt(0);
        return c >= '0' && c <= '9' || c == '-' || name.chars().anyMatch(Character::isLowerCase);
    }

    static void symbolsOf(@Nullable Expr e, Set<Symbol> into) {
        List<Expr> work = new ArrayList<>();
        if (e != null) {
            work.add(e);
        }
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            switch (x.kind()) {
                case AND, OR -> {
                    work.add(x.right());
                    work.add(x.left());
                }
                case NOT -> work.add(x.left());
                case SYMBOL -> into.add(x.symbol());
                default -> {
                    into.add(x.symbol());
                    into.add(x.symbol2());
                }
            }
        }
    }

    private void properties(Symbol s) {
        Property always = null;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            switch (p.kind()) {
                case DEFAULT -> {
                    if (always != null) {
                        add(Rule.DEAD_DEFAULT, p.position(), s, "this default of " + s
                                + " never applies, since the one at " + always.position() + " always does");
                    } else if (p.condition() == null || p.condition() == p.node().dependency()
                            && s.firstNode() == p.node() && p.node().nextOfSymbol() == null) {
                        always = p;
                    }
                }
                case SELECT, IMPLY -> target(s, p);
                default -> {
                }
            }
        }
    }

    private void target(Symbol s, Property p) {
        Symbol t = p.valueSymbol();
        if (t == null) {
            return;
        }
        String verb = p.kind() == PropertyKind.SELECT ? "selects " : "implies ";
        if (!t.isDefined()) {
            add(Rule.UNDEFINED_TARGET, p.position(), s, s + " " + verb + t.name() + ", which is defined nowhere");
        } else if (p.kind() == PropertyKind.SELECT && t.choiceNode() != null) {
            add(Rule.SELECT_OF_CHOICE_MEMBER, p.position(), s, s + " selects " + t.name()
                    + ", a member of a choice, which has no effect");
        } else if (p.kind() == PropertyKind.SELECT) {
            unmet(s, p, t);
        }
    }

    private void unmet(Symbol s, Property p, Symbol t) {
        Expr needed = t.directDependency();
        if (needed == null) {
            return;
        }
        Set<Expr> given = new HashSet<>();
        Set<Symbol> on = new LinkedHashSet<>();
        on.add(s);
        given(p.condition(), given, on);
        // What a symbol depends on holds wherever the symbol does. What it selects is on as well, but the dependencies
        // of a selected symbol need not hold.
        List<Symbol> work = new ArrayList<>(on);
        Set<Symbol> forced = new HashSet<>();
        for (int i = 0; i < work.size() && i < MAX_CHAIN; i++) {
            Symbol x = work.get(i);
            Set<Symbol> more = new LinkedHashSet<>();
            if (!forced.contains(x)) {
                given(x.directDependency(), given, more);
            }
            for (Property q = x.firstProperty(); q != null; q = q.next()) {
                Symbol selected = q.kind() == PropertyKind.SELECT ? q.valueSymbol() : null;
                boolean always = q.condition() == null || given.contains(q.condition())
                        || q.condition() == x.directDependency();
                if (selected != null && selected != t && always && !on.contains(selected)) {
                    forced.add(selected);
                    more.add(selected);
                }
            }
            for (Symbol m : more) {
                if (on.add(m)) {
                    work.add(m);
                }
            }
        }
        Set<String> missing = new LinkedHashSet<>();
        collectMissing(needed, given, on, missing);
        if (!missing.isEmpty()) {
            add(Rule.UNMET_SELECT, p.position(), s, s + " selects " + t.name() + ", which depends on "
                    + String.join(" && ", missing));
        }
    }

    private static void given(@Nullable Expr e, Set<Expr> given, Set<Symbol> on) {
        List<Expr> work = new ArrayList<>();
        if (e != null) {
            work.add(e);
        }
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            given.add(x);
            if (x.kind() == ExprKind.AND) {
                work.add(x.left());
                work.add(x.right());
            } else if (x.kind() == ExprKind.SYMBOL && !x.symbol().isConstant()) {
                on.add(x.symbol());
            }
        }
    }

    private static boolean holds(Expr e, Set<Expr> given, Set<Symbol> on) {
        List<Expr> work = new ArrayList<>();
        work.add(e);
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            if (given.contains(x) || x.kind() == ExprKind.SYMBOL && on.contains(x.symbol())) {
                return true;
            }
            if (x.kind() == ExprKind.OR) {
                work.add(x.left());
                work.add(x.right());
            }
        }
        return false;
    }

    private static void collectMissing(Expr needed, Set<Expr> given, Set<Symbol> on, Set<String> missing) {
        List<Expr> work = new ArrayList<>();
        work.add(needed);
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            if (x.kind() == ExprKind.AND) {
                work.add(x.right());
                work.add(x.left());
            } else if (!holds(x, given, on)) {
                missing.add(x.kind() == ExprKind.OR ? "(" + x + ")" : x.toString());
            }
        }
    }

    private void reachable(Symbol s) {
        if (s.isChoice() || s.isTransitional() || !s.type().isLogical() || s.type() == SymbolType.UNKNOWN) {
            return;
        }
        SourcePosition at = s.nodes().get(0).position();
        if (isNever(s.directDependency()) && s.reverseDependency() == null) {
            add(Rule.UNREACHABLE_SYMBOL, at, s, s.name() + " depends on n");
            return;
        }
        if (s.hasPrompt() || s.reverseDependency() != null || s.impliedBy() != null) {
            return;
        }
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT && !isNever(p.value())) {
                return;
            }
        }
        add(Rule.UNREACHABLE_SYMBOL, at, s, s.name() + " has no prompt and no default but n, and nothing selects it");
    }

    private boolean isNever(@Nullable Expr e) {
        return e != null && e.kind() == ExprKind.SYMBOL && e.symbol() == tree.no();
    }
}
