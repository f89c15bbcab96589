package org.mmkit.kconfig.parser;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Depth;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/**
 * Finds symbols whose value depends on itself, and entries that the language forbids although the grammar allows
 * them.
 *
 * <p>Every cycle is reported, in the words of the kernel's tools. Members of a choice count as one knot.
 */
final class DependencyCheck {

    private enum Via { CONDITION, DIRECT, REVERSE, IMPLIED, VALUE }

    private static final class Step {
        private final Symbol symbol;
        private @Nullable Property property;
        private Via via = Via.CONDITION;

        private Step(Symbol symbol) {
            this.symbol = symbol;
        }
    }

    private final KconfigTree tree;
    private final Diagnostic.Sink sink;
    private final boolean classic;
    private final boolean[] visiting;
    private final boolean[] visited;
    private final List<Step> stack = new ArrayList<>();
    private final Depth depth = new Depth();

    DependencyCheck(KconfigTree tree, Diagnostic.Sink sink, boolean classic) {
        this.classic = classic;
        this.tree = tree;
        this.sink = sink;
        this.visiting = new boolean[tree.symbolCount()];
        this.visited = new boolean[tree.symbolCount()];
    }

    /** Checks the tree; whether it is free of errors. */
    boolean check() {
        boolean sound = true;
        MenuNode root = tree.root();
        for (MenuNode node = root.following(root); node != null; node = node.following(root)) {
            Symbol symbol = node.symbol();
            if (symbol == null) {
                continue;
            }
            if (check(symbol) != null) {
                sound = false;
            }
            if (symbol.isTransitional() && !isBare(node, symbol)) {
                sound = false;
            }
            if (symbol.isChoice() && !classic) {
                for (MenuNode m = node.following(node); m != null; m = m.following(node)) {
                    Symbol member = m.symbol();
                    if (member != null && !isMemberSound(m, member)) {
                        sound = false;
                    }
                }
            }
        }
        return sound;
    }

    private boolean isBare(MenuNode node, Symbol symbol) {
        String message = "transitional symbols can only have help sections";
        if (!isYes(node.dependency()) || !isYes(node.visibility())) {
            sink.report(Diagnostic.error(node.file(), node.line(), message));
            return false;
        }
        Property p = symbol.firstProperty();
        if (p != null) {
            sink.report(Diagnostic.error(p.position().file(), p.position().line(), message));
            return false;
        }
        return true;
    }

    private boolean isYes(@Nullable Expr e) {
        return e == null || e.toString().equals("y");
    }

    private boolean isMemberSound(MenuNode node, Symbol member) {
        boolean sound = true;
        for (Property p = member.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT) {
                sink.report(Diagnostic.error(p.position().file(), p.position().line(),
                        "defaults for choice values not supported"));
                sound = false;
            }
            if (p.node() != node && p.kind() == PropertyKind.PROMPT && p.node().parent() != node.parent()) {
                sink.report(Diagnostic.error(p.position().file(), p.position().line(),
                        "choice value has a prompt outside its choice group"));
                sound = false;
            }
        }
        return sound;
    }

    /** The symbol that a cycle through {@code symbol} was found at; null when there is no new cycle. */
    private @Nullable Symbol check(Symbol symbol) {
        int id = symbol.id();
        if (visiting[id]) {
            report(symbol);
            return symbol;
        }
        if (visited[id]) {
            return null;
        }
        if (depth.enter()) {
            @Nullable Symbol[] result = new @Nullable Symbol[1];
            depth.hop(() -> result[0] = check(symbol));
            depth.leave();
            return result[0];
        }
        Symbol found;
        MenuNode choice = symbol.choiceNode();
        Symbol knot = choice == null ? null : choice.symbol();
        if (knot != null) {
            stack.add(new Step(symbol));
            found = check(knot);
            pop();
        } else if (symbol.isChoice()) {
            found = checkChoice(symbol);
        } else {
            visiting[id] = true;
            visited[id] = true;
            found = checkSymbol(symbol);
            visiting[id] = false;
        }
        depth.leave();
        return found;
    }

    private void pop() {
        stack.remove(stack.size() - 1);
    }

    private @Nullable Symbol checkChoice(Symbol choice) {
        MenuNode node = choice.firstNode();
        if (node == null) {
            return null;
        }
        stack.add(new Step(choice));
        List<Symbol> members = new ArrayList<>();
        for (MenuNode m = node.following(node); m != null && !classic; m = m.following(node)) {
            if (m.symbol() != null) {
                members.add(m.symbol());
            }
        }
        if (classic) {
            members.addAll(node.members());
        }
        for (Symbol m : members) {
            visiting[m.id()] = true;
            visited[m.id()] = true;
        }
        visiting[choice.id()] = true;
        visited[choice.id()] = true;
        Symbol found = checkSymbol(choice);
        visiting[choice.id()] = false;
        for (int i = 0; i < members.size() && found == null; i++) {
            found = checkSymbol(members.get(i));
        }
        for (Symbol m : members) {
            visiting[m.id()] = false;
        }
        if (found != null && found.choiceNode() == node) {
            found = choice;
        }
        pop();
        return found;
    }

    private @Nullable Symbol checkSymbol(Symbol symbol) {
        Step step = new Step(symbol);
        stack.add(step);
        try {
            step.via = Via.DIRECT;
            Symbol found = check(symbol.directDependency());
            if (found != null) {
                return found;
            }
            step.via = Via.REVERSE;
            found = check(symbol.reverseDependency());
            if (found != null) {
                return found;
            }
            step.via = Via.IMPLIED;
            found = check(symbol.impliedBy());
            if (found != null) {
                return found;
            }
            step.via = Via.CONDITION;
            for (Property p = symbol.firstProperty(); p != null; p = p.next()) {
                if (p.kind() == PropertyKind.SELECT || p.kind() == PropertyKind.IMPLY) {
                    continue;
                }
                step.property = p;
                found = check(p.condition());
                if (found != null) {
                    return found;
                }
                if (p.kind() != PropertyKind.DEFAULT || symbol.isChoice()) {
                    continue;
                }
                step.via = Via.VALUE;
                found = check(p.value());
                if (found != null) {
                    return found;
                }
                step.via = Via.CONDITION;
            }
            return null;
        } finally {
            pop();
        }
    }

    private @Nullable Symbol check(@Nullable Expr e) {
        if (e == null) {
            return null;
        }
        if (depth.enter()) {
            @Nullable Symbol[] result = new @Nullable Symbol[1];
            depth.hop(() -> result[0] = check(e));
            depth.leave();
            return result[0];
        }
        Symbol found = switch (e.kind()) {
            case AND, OR -> {
                Symbol l = check(e.left());
                yield l != null ? l : check(e.right());
            }
            case NOT -> check(e.left());
            case SYMBOL -> check(e.symbol());
            case RANGE -> null;
            default -> {
                Symbol l = check(e.symbol());
                yield l != null ? l : check(e.symbol2());
            }
        };
        depth.leave();
        return found;
    }

    private void report(Symbol at) {
        Symbol last = at;
        MenuNode choice = at.choiceNode();
        boolean extra = false;
        Symbol knot = choice == null ? null : choice.symbol();
        if (knot != null) {
            stack.add(new Step(at));
            extra = true;
            last = knot;
        }
        int i = stack.size() - 1;
        while (i >= 0 && stack.get(i).symbol != last) {
            i--;
        }
        if (i < 0) {
            sink.report(Diagnostic.text(Diagnostic.Severity.ERROR, "unexpected recursive dependency error"));
        } else {
            String text = describe(i, last);
            MenuNode node = last.firstNode();
            sink.report(new Diagnostic(Diagnostic.Severity.ERROR, node == null ? "" : node.file(),
                    node == null ? 0 : node.line(), text, text));
        }
        if (extra) {
            pop();
        }
    }

    private String describe(int from, Symbol last) {
        StringBuilder out = new StringBuilder();
        for (int i = from; i < stack.size(); i++) {
            Step step = stack.get(i);
            Symbol next = i + 1 < stack.size() ? stack.get(i + 1).symbol : last;
            if (step.symbol == last) {
                out.append("error: recursive dependency detected!\n");
            }
            out.append("\tsymbol ").append(step.symbol);
            MenuNode choice = next.firstNode();
            Property p = step.property;
            String kind = p == null ? "unknown" : p.kind().label();
            if (next.isChoice() && choice != null) {
                out.append(" is part of choice block at ").append(choice.position());
            } else {
                out.append(switch (step.via) {
                    case DIRECT -> " depends on ";
                    case REVERSE -> " is selected by ";
                    case IMPLIED -> " is implied by ";
                    case VALUE -> " " + kind + " value contains ";
                    case CONDITION -> " " + kind + " is visible depending on ";
                }).append(next);
            }
            out.append('\n');
        }
        out.append("For a resolution refer to Documentation/kbuild/kconfig-language.rst\n")
                .append("subsection \"Kconfig recursive dependency limitations\"\n");
        return out.toString();
    }
}
