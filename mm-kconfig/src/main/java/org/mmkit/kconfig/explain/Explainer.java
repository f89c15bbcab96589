package org.mmkit.kconfig.explain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.config.Reason;
import org.mmkit.api.config.Reason.Origin;
import org.mmkit.api.config.Reason.UnmetTerm;
import org.mmkit.api.config.Tristate;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.eval.Values;
import org.mmkit.kconfig.explain.Explanation.Definition;
import org.mmkit.kconfig.explain.Explanation.Obstacle;
import org.mmkit.kconfig.explain.Explanation.Term;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.ExprPrinter;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;

/** Explains the values of one resolved configuration. Confined to one thread. */
public final class Explainer {

    private static final int MAX_DEPTH = 12;
    private static final int MAX_OBSTACLES = 400;
    private static final int MAX_SELECTORS = 3;

    private final ResolvedConfiguration configuration;
    private final Values values;
    private int obstacles;

    /** An explainer of {@code configuration}. */
    public Explainer(ResolvedConfiguration configuration) {
        this.configuration = configuration;
        this.values = configuration.values();
    }

    /** The deciding rule for {@code symbol}, and the terms that stand in the way of a greater value. */
    public Reason reason(String symbol) {
        Symbol s = configuration.tree().find(symbol);
        if (s == null || s.isConstant() || !s.isDefined()) {
            return new Reason(symbol, "n", Origin.UNDEFINED, "no Kconfig file defines " + symbol, List.of());
        }
        String value = Text.decode(values.value(s));
        List<UnmetTerm> unmet = unmet(s);
        Origin origin = origin(s);
        return new Reason(symbol, value, origin, sentence(s, value, origin, unmet), unmet);
    }

    /** Everything about {@code symbol}; an undefined one has a reason and nothing else. */
    public Explanation explain(String symbol) {
        Reason reason = reason(symbol);
        Symbol s = configuration.tree().find(symbol);
        if (s == null || reason.origin() == Origin.UNDEFINED) {
            return new Explanation(reason, "unknown", List.of(), List.of(), List.of(), List.of());
        }
        List<Definition> definitions = new ArrayList<>();
        for (MenuNode n : s.nodes()) {
            Property p = n.prompt();
            definitions.add(new Definition(n.position().toString(), p == null ? "" : Text.decode(p.text())));
        }
        obstacles = 0;
        List<Obstacle> causes = values.level(s) == 2 ? List.of() : s.type().isLogical()
                ? whyNot(s, new HashSet<>(), 0) : List.of();
        return new Explanation(reason, s.type().keyword(), definitions, terms(s.reverseDependency()),
                terms(s.impliedBy()), causes);
    }

    private List<Term> terms(@Nullable Expr e) {
        List<Term> result = new ArrayList<>();
        for (Expr term : ExprText.terms(e)) {
            result.add(new Term(withValues(term), letter(configuration.level(term))));
        }
        return result;
    }

    private static char letter(int level) {
        return Tristate.ofLevel(level).letter();
    }

    private String withValues(Expr e) {
        StringBuilder out = new StringBuilder();
        ExprPrinter.append(out, e, s -> s.isConstant() || s.type() == SymbolType.UNKNOWN ? ""
                : " [=" + values.value(s) + "]");
        return Text.decode(out.toString());
    }

    private Origin origin(Symbol s) {
        if (s.choiceNode() != null) {
            return Origin.CHOICE;
        }
        boolean userCounts = configuration.isUserSet(s) && values.visible(s) > 0;
        if (!s.type().isLogical()) {
            return userCounts ? Origin.USER : activeDefault(s) != null ? Origin.DEFAULT : Origin.UNSET;
        }
        int level = values.level(s);
        int own = userCounts ? "nmy".indexOf(configuration.userValue(s)) : defaultLevel(s);
        if (values.reverse(s) > 0 && values.reverse(s) >= level && own < level) {
            return Origin.SELECTED;
        }
        if (userCounts) {
            return Origin.USER;
        }
        if (values.implied(s) > 0 && level > defaultLevel(s)) {
            return Origin.IMPLIED;
        }
        return activeDefault(s) != null ? Origin.DEFAULT : Origin.UNSET;
    }

    private @Nullable Property activeDefault(Symbol s) {
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT && configuration.level(p.condition()) > 0) {
                return p;
            }
        }
        return null;
    }

    private int defaultLevel(Symbol s) {
        Property p = activeDefault(s);
        return p == null ? 0 : Math.min(configuration.level(p.value()), configuration.level(p.condition()));
    }

    private String sentence(Symbol s, String value, Origin origin, List<UnmetTerm> unmet) {
        String is = s.name() + " is " + (value.isEmpty() ? "empty" : value) + " because ";
        switch (origin) {
            case USER:
                return is + "the configuration sets it";
            case SELECTED:
                return is + selectors(s.reverseDependency(), values.reverse(s)) + " selects it";
            case IMPLIED:
                return is + selectors(s.impliedBy(), values.implied(s)) + " implies it";
            case CHOICE:
                if (unmet.isEmpty() || values.level(s) > 0) {
                    return is + choiceSentence(s);
                }
                break;
            default:
                break;
        }
        if (!unmet.isEmpty()) {
            UnmetTerm first = unmet.get(0);
            String more = unmet.size() > 1 ? " and " + (unmet.size() - 1) + " more" : "";
            return is + "it depends on " + first.expression() + " (" + first.position() + "), which is "
                    + first.value().letter() + more;
        }
        Property p = activeDefault(s);
        if (p != null) {
            return is + "that is its default (" + p.position() + ")";
        }
        return is + (s.hasPrompt() ? "nothing sets it and it has no default that applies"
                : "it has no prompt, no default that applies, and nothing selects it");
    }

    private String choiceSentence(Symbol s) {
        MenuNode choice = s.choiceNode();
        if (values.level(s) > 0) {
            return "its choice picks it";
        }
        if (choice != null) {
            for (MenuNode m = choice.following(choice); m != null; m = m.following(choice)) {
                Symbol other = m.symbol();
                if (other != null && values.level(other) > 0) {
                    return "its choice picks " + other.name();
                }
            }
        }
        return "its choice picks nothing";
    }

    private String selectors(@Nullable Expr e, int level) {
        for (Expr term : ExprText.terms(e)) {
            if (configuration.level(term) >= level) {
                Expr x = term;
                while (x.kind() == ExprKind.AND) {
                    x = x.left();
                }
                return x.toString();
            }
        }
        return "another symbol";
    }

    /** The terms of the dependencies of all definitions that are below y; none if one definition's are met. */
    private List<UnmetTerm> unmet(Symbol s) {
        if (!s.type().isLogical() ? values.visible(s) == 2 || values.isWritten(s) : values.level(s) == 2) {
            return List.of();
        }
        Map<String, UnmetTerm> terms = new LinkedHashMap<>();
        for (MenuNode n : s.nodes()) {
            if (configuration.level(n.dependency()) == 2) {
                return List.of();
            }
            for (MenuNode block = n; block != null; block = block.block()) {
                for (MenuNode.Dependency d : block.written()) {
                    for (Expr term : ExprText.conjuncts(d.condition())) {
                        int level = configuration.level(term);
                        if (level < 2) {
                            UnmetTerm t = new UnmetTerm(Text.decode(term.toString()), Tristate.ofLevel(level),
                                    block.file() + ":" + d.line());
                            terms.putIfAbsent(t.expression() + t.position(), t);
                        }
                    }
                }
            }
        }
        return new ArrayList<>(terms.values());
    }

    private Obstacle obstacle(String sentence, String position, List<Obstacle> causes) {
        obstacles++;
        return new Obstacle(sentence, position, causes);
    }

    /** Why {@code s} is not y. */
    private List<Obstacle> whyNot(Symbol s, Set<Symbol> path, int depth) {
        if (depth > MAX_DEPTH || obstacles > MAX_OBSTACLES || !path.add(s)) {
            return List.of();
        }
        List<Obstacle> result = new ArrayList<>();
        if (s.type() == SymbolType.UNKNOWN || !s.isDefined()) {
            result.add(obstacle("no Kconfig file defines " + s.name(), "", List.of()));
        } else if (configuration.level(s.directDependency()) < 2 || s.choiceNode() != null && values.visible(s) == 0) {
            for (MenuNode n : s.nodes()) {
                for (MenuNode block = n; block != null; block = block.block()) {
                    for (MenuNode.Dependency d : block.written()) {
                        addUnmet(result, d.condition(), block.file() + ":" + d.line(), path, depth);
                    }
                }
            }
        }
        if (result.isEmpty()) {
            addOwnReasons(s, result, path, depth);
        }
        path.remove(s);
        return result;
    }

    private void addOwnReasons(Symbol s, List<Obstacle> result, Set<Symbol> path, int depth) {
        if (s.choiceNode() != null) {
            result.add(obstacle(choiceSentence(s), s.choiceNode().position().toString(), List.of()));
            return;
        }
        if (configuration.isUserSet(s) && values.visible(s) > 0) {
            result.add(obstacle("the configuration sets " + s.name() + " to " + configuration.userValue(s), "",
                    List.of()));
            return;
        }
        if (values.visible(s) == 2) {
            result.add(obstacle(s.name() + " can be set, but the configuration does not, and its default is "
                    + values.value(s), s.nodes().get(0).position().toString(), List.of()));
            return;
        }
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            String position = p.position().toString();
            if (p.isPrompt()) {
                addUnmet(result, p.condition(), position, path, depth);
            } else if (p.kind() == PropertyKind.DEFAULT && p.value() != null) {
                addUnmet(result, p.condition(), position, path, depth);
                if (configuration.level(p.condition()) > 0) {
                    addUnmet(result, p.value(), position, path, depth);
                }
            }
        }
        if (!s.hasPrompt()) {
            String selects = s.reverseDependency() == null ? "" : ", and nothing that is on selects it";
            result.add(obstacle(s.name() + " has no prompt: only its defaults" + (selects.isEmpty() ? "" : " and selects")
                    + " decide" + selects, s.nodes().get(0).position().toString(),
                    selectorsOff(s, path, depth)));
        }
    }

    /** Why the first symbols that could select {@code s} do not. */
    private List<Obstacle> selectorsOff(Symbol s, Set<Symbol> path, int depth) {
        List<Obstacle> result = new ArrayList<>();
        for (Expr term : ExprText.terms(s.reverseDependency())) {
            Symbol selector = ExprText.conjuncts(term).get(0).symbol();
            if (result.size() == MAX_SELECTORS || obstacles > MAX_OBSTACLES) {
                break;
            }
            if (selector != null && configuration.level(term) == 0 && !path.contains(selector)) {
                List<Obstacle> causes = new ArrayList<>();
                boolean off = values.level(selector) == 0;
                if (off) {
                    causes.addAll(whyNot(selector, path, depth + 1));
                } else {
                    addUnmet(causes, term, "", path, depth + 1);
                }
                result.add(obstacle(selector.name() + " would select it, but " + (off ? "is n"
                        : "a condition of the select is not met"), selector.nodes().isEmpty() ? ""
                        : selector.nodes().get(0).position().toString(), causes));
            }
        }
        return result;
    }

    private void addUnmet(List<Obstacle> result, @Nullable Expr e, String position, Set<Symbol> path, int depth) {
        for (Expr term : ExprText.conjuncts(e)) {
            int level = configuration.level(term);
            if (level < 2 && obstacles <= MAX_OBSTACLES) {
                if (term.kind() == ExprKind.SYMBOL && term.symbol().isConstant()) {
                    result.add(obstacle("this line says " + term.symbol().name()
                            + ", as it is written or as a macro answered", position, List.of()));
                    continue;
                }
                List<Obstacle> causes = new ArrayList<>();
                causesOf(term, causes, path, depth + 1);
                result.add(obstacle("needs " + withValues(term) + ", which is " + letter(level), position, causes));
            }
        }
    }

    private void causesOf(Expr term, List<Obstacle> causes, Set<Symbol> path, int depth) {
        switch (term.kind()) {
            case SYMBOL -> causes.addAll(whyNot(term.symbol(), path, depth));
            case OR -> {
                for (Expr x : ExprText.terms(term)) {
                    if (x.kind() == ExprKind.SYMBOL && obstacles <= MAX_OBSTACLES && !path.contains(x.symbol())) {
                        causes.add(obstacle(withValues(x), "", whyNot(x.symbol(), path, depth + 1)));
                    } else if (x.kind().isComparison() && x.symbol().isDefined() && obstacles <= MAX_OBSTACLES) {
                        causes.add(obstacle(withValues(x), "", List.of(obstacle(reason(x.symbol().name()).sentence(), "",
                                List.of()))));
                    }
                }
            }
            case NOT -> {
                Expr x = term.left();
                if (x.kind() == ExprKind.SYMBOL) {
                    causes.add(obstacle(reason(x.symbol().name()).sentence(), "", List.of()));
                }
            }
            default -> {
                if (term.kind().isComparison() && term.symbol().isDefined()) {
                    causes.add(obstacle(reason(term.symbol().name()).sentence(), "", List.of()));
                }
            }
        }
    }
}
