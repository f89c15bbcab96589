package org.mmkit.kconfig.lint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.lint.Finding.Level;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.ExprSymbols;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.SourcePosition;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.parser.SourceFiles;
import org.mmkit.kconfig.repair.Reachability;
import org.mmkit.kconfig.repair.UnmetSelects;

/**
 * Looks through a tree for every {@link Rule}. Confined to one thread.
 *
 * <p>An unmet select is reported with settings under which it happens, found by satisfiability and evaluated. Symbols that
 * only files of other architectures define, select or imply are no mistakes; see {@link SymbolsElsewhere}.
 */
public final class Linter {

    private final KconfigTree tree;
    private final SymbolsElsewhere elsewhere;
    private final SourceLines lines;
    private final Set<Rule> rules;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Symbol, Integer> references = new HashMap<>();
    private final Map<Symbol, SourcePosition> firstReference = new HashMap<>();
    private @Nullable Reachability reachability;
    private @Nullable UnmetSelects unmetSelects;

    /** A linter of {@code tree} with all rules, without other files and without columns. */
    public Linter(KconfigTree tree) {
        this(tree, Set.of(Rule.values()), SymbolsElsewhere.NONE, name -> null);
    }

    /**
     * A linter of {@code tree}.
     *
     * @param rules what to look for
     * @param elsewhere what files say that were not read
     * @param files the texts of the files, for columns and to tell macros from constants
     */
    public Linter(KconfigTree tree, Set<Rule> rules, SymbolsElsewhere elsewhere, SourceFiles files) {
        this.tree = tree;
        this.rules = Set.copyOf(rules);
        this.elsewhere = elsewhere;
        this.lines = new SourceLines(files);
    }

    /** Findings for what a parser reported, warnings and errors. */
    public static List<Finding> ofDiagnostics(List<Diagnostic> diagnostics) {
        List<Finding> result = new ArrayList<>();
        for (Diagnostic d : diagnostics) {
            boolean error = d.severity() == Diagnostic.Severity.ERROR;
            if (error || d.severity() == Diagnostic.Severity.WARNING) {
                String message = d.message().contains("recursive dependency") ? circle(Text.decode(d.message()))
                        : Text.decode(d.message()).strip();
                Rule rule = !error ? Rule.PARSER_WARNING
                        : message.contains("recursive dependency") || message.contains("recursive inclusion")
                                ? Rule.RECURSIVE_DEPENDENCY : Rule.SYNTAX_ERROR;
                result.add(new Finding(rule, error ? Level.ERROR : Level.WARNING, new SourcePosition(d.file(), d.line()), 0,
                        "", message, List.of()));
            }
        }
        return result;
    }

    /** The symbols of a circle of dependencies, in one line. */
    private static String circle(String text) {
        return "recursive dependency: " + text.lines().filter(l -> l.startsWith("\tsymbol "))
                .map(l -> l.substring(8)).collect(Collectors.joining(", "));
    }

    /** All findings of a tree, in the order of the menus; {@code diagnostics} of the parser first. */
    public List<Finding> lint(List<Diagnostic> diagnostics) {
        findings.clear();
        references.clear();
        firstReference.clear();
        for (Finding f : ofDiagnostics(diagnostics)) {
            if (rules.contains(f.rule())) {
                findings.add(f);
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
        firstReference.forEach((s, at) -> add(Rule.UNDEFINED_SYMBOL, Level.NOTE, at, s, s.name(), s.name()
                + " is defined by files of other architectures only, so it is n here; " + references.get(s)
                + (references.getOrDefault(s, 0) == 1 ? " reference" : " references")));
        return List.copyOf(findings);
    }

    private void add(Rule rule, Level level, SourcePosition position, Symbol symbol, String word, String message) {
        add(rule, level, position, symbol, word, message, List.of());
    }

    private void add(Rule rule, Level level, SourcePosition position, Symbol symbol, String word, String message,
            List<String> proof) {
        if (rules.contains(rule)) {
            findings.add(new Finding(rule, level, position, lines.column(position, word), symbol.toString(),
                    Text.decode(message), proof));
        }
    }

    private void help(MenuNode n, Symbol s) {
        if (n.help() != null && !s.isChoice() && !s.hasPrompt() && !s.isTransitional()) {
            add(Rule.HELP_WITHOUT_PROMPT, Level.WARNING, n.position(), s, s.name(), "help text of " + s.name()
                    + ", which no prompt exposes, is shown nowhere");
        }
    }

    private void references(MenuNode n) {
        for (MenuNode.Dependency d : n.written()) {
            undefined(d.condition(), new SourcePosition(n.file(), d.line()));
        }
        Symbol s = n.symbol();
        for (Property p = s == null ? n.prompt() : s.firstProperty(); p != null; p = p.next()) {
            if (p.node() != n) {
                continue;
            }
            if (p.kind() != PropertyKind.SELECT && p.kind() != PropertyKind.IMPLY) {
                undefined(p.value(), p.position());
            }
            Set<Expr> enclosing = new HashSet<>(ExprText.conjuncts(n.dependency()));
            for (Expr term : ExprText.conjuncts(p.condition())) {
                // What the definition depends on was looked at where it is written.
                if (s != null && !s.isChoice() && !enclosing.contains(term)) {
                    undefined(term, p.position());
                }
            }
        }
    }

    private void undefined(@Nullable Expr e, SourcePosition position) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        ExprSymbols.collect(e, symbols);
        for (Symbol s : symbols) {
            if (s.isDefined() || s.isConstant() || isLiteral(s.name())) {
                continue;
            }
            if (elsewhere.defines(s.name())) {
                references.merge(s, 1, Integer::sum);
                firstReference.putIfAbsent(s, position);
            } else {
                add(Rule.UNDEFINED_SYMBOL, Level.WARNING, position, s, s.name(), s.name()
                        + " is defined nowhere, so it is always n");
            }
        }
    }

    /** A number or another word that is meant as a value: symbols are written in capitals. */
    private static boolean isLiteral(String name) {
        char c = name.isEmpty() ? '0' : name.charAt(0);
        return c >= '0' && c <= '9' || c == '-' || name.chars().allMatch(x -> !Character.isUpperCase(x));
    }

    private void properties(Symbol s) {
        List<Property> earlier = new ArrayList<>();
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            switch (p.kind()) {
                case DEFAULT -> {
                    // Other architectures have other defaults before those that all share.
                    Property shared = isOfOneArchitecture(p) ? null : p;
                    earlier.removeIf(e -> shared != null && isOfOneArchitecture(e));
                    if (rules.contains(Rule.DEAD_DEFAULT) && !earlier.isEmpty() && !lines.hasMacro(p.position())
                            && proofs().isShadowed(earlier, p)) {
                        add(Rule.DEAD_DEFAULT, Level.WARNING, p.position(), s, "", "this default of " + s
                                + " never applies, since the one at " + earlier.get(earlier.size() - 1).position()
                                + (earlier.size() > 1 ? " or one before it" : "") + " always does");
                    }
                    if (!lines.hasMacro(p.position())) {
                        earlier.add(p);
                    }
                }
                case SELECT, IMPLY -> target(s, p);
                default -> {
                }
            }
        }
    }

    private Reachability proofs() {
        Reachability r = reachability;
        if (r == null) {
            r = new Reachability(tree, s -> elsewhere.decides(s) || asksMacro(s) || isOfArchitecture(s));
            reachability = r;
        }
        return r;
    }

    private void target(Symbol s, Property p) {
        Symbol t = p.valueSymbol();
        if (t == null) {
            return;
        }
        String verb = p.kind() == PropertyKind.SELECT ? "selects " : "implies ";
        if (!t.isDefined()) {
            boolean known = elsewhere.defines(t.name());
            add(Rule.UNDEFINED_TARGET, known ? Level.NOTE : Level.WARNING, p.position(), s, t.name(), s + " " + verb
                    + t.name() + ", which is defined " + (known ? "by files of other architectures only" : "nowhere"));
        } else if (p.kind() == PropertyKind.SELECT && t.choiceNode() != null) {
            add(Rule.SELECT_OF_CHOICE_MEMBER, Level.WARNING, p.position(), s, t.name(), s + " selects " + t.name()
                    + ", a member of a choice, which has no effect");
        } else if (p.kind() == PropertyKind.SELECT && rules.contains(Rule.UNMET_SELECT)) {
            unmet(s, p, t);
        }
    }

    private void unmet(Symbol s, Property p, Symbol t) {
        if (t.directDependency() == null || ImpliedTerms.areMet(s, p, t)) {
            return;
        }
        UnmetSelects search = unmetSelects;
        if (search == null) {
            search = new UnmetSelects(tree);
            unmetSelects = search;
        }
        Optional<List<String>> settings = search.settings(s, p);
        if (settings.isPresent()) {
            List<String> terms = search.unmet(settings.get(), t);
            add(Rule.UNMET_SELECT, Level.WARNING, p.position(), s, t.name(), s + " selects " + t.name()
                    + ", which depends on " + String.join(" && ", terms.isEmpty()
                            ? List.of(Text.decode(t.directDependency().toString())) : terms), settings.get());
        }
    }

    /** Whether only files of one architecture define {@code s}, which is another constant for other ones. */
    private static boolean isOfArchitecture(Symbol s) {
        return s.isDefined() && s.nodes().stream().allMatch(n -> n.file().startsWith("arch/"));
    }

    /** Whether the line is in the folder of one architecture. */
    private static boolean isOfOneArchitecture(Property p) {
        String file = p.position().file();
        return file.startsWith("arch/") && file.indexOf('/', 5) > 0;
    }

    private boolean asksMacro(Symbol s) {
        for (MenuNode n : s.nodes()) {
            for (MenuNode block = n; block != null; block = block.block()) {
                for (MenuNode.Dependency d : block.written()) {
                    if (lines.hasMacro(new SourcePosition(block.file(), d.line()))) {
                        return true;
                    }
                }
            }
        }
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (lines.hasMacro(p.position())) {
                return true;
            }
        }
        return false;
    }

    private void reachable(Symbol s) {
        if (!rules.contains(Rule.UNREACHABLE_SYMBOL) || s.isChoice() || s.isTransitional() || !s.type().isLogical()
                || elsewhere.decides(s) || asksMacro(s) || isOfArchitecture(s)) {
            return;
        }
        if (!proofs().isNeverOn(s)) {
            return;
        }
        SourcePosition at = s.nodes().get(0).position();
        Expr dependency = s.directDependency();
        if (dependency != null && proofs().isNeverOn(dependency)) {
            boolean followsFromAnother = false;
            List<String> never = new ArrayList<>();
            for (Expr term : ExprText.conjuncts(dependency)) {
                if (proofs().isNeverOn(term)) {
                    never.add(term.toString());
                    // A symbol that is never on has a finding of its own.
                    followsFromAnother |= term.kind() == ExprKind.SYMBOL && !term.symbol().isConstant();
                }
            }
            if (!followsFromAnother) {
                add(Rule.UNREACHABLE_SYMBOL, Level.WARNING, at, s, s.name(), s.name() + " depends on "
                        + (never.isEmpty() ? dependency.toString() : String.join(" and ", never)) + ", which is always n");
            }
            return;
        }
        boolean defaults = false;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            defaults |= p.kind() == PropertyKind.DEFAULT && p.valueSymbol() != tree.no();
        }
        if (s.hasPrompt() || defaults || s.reverseDependency() != null || s.impliedBy() != null) {
            add(Rule.UNREACHABLE_SYMBOL, Level.WARNING, at, s, s.name(), s.name()
                    + " is always n: no prompt, default or select of it can take effect");
        } else {
            add(Rule.UNREACHABLE_SYMBOL, Level.WARNING, at, s, s.name(), s.name()
                    + " has no prompt and no default but n, and nothing selects it");
        }
    }
}
