package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/**
 * Completes a parsed menu tree: enclosing dependencies reach every entry and property, selects and implies reach
 * their targets, entries that depend on the one before them become its submenu, and {@code if} blocks dissolve.
 */
final class MenuFinisher {

    private final ExprTable exprs;
    private final Symbol modules;
    private final ExprAlgebra algebra;
    private final PropertyCheck check;
    private final boolean classic;
    private final Diagnostic.Sink sink;
    private final Depth depth = new Depth();

    MenuFinisher(ExprTable exprs, Symbol modules, boolean classic, Diagnostic.Sink sink) {
        this.classic = classic;
        this.sink = sink;
        this.exprs = exprs;
        this.modules = modules;
        this.algebra = new ExprAlgebra(exprs, classic, sink);
        this.check = new PropertyCheck(sink, classic);
    }

    void finish(MenuNode root) {
        finish(root, false);
    }

    private void finish(MenuNode node, boolean inChoice) {
        if (depth.enter()) {
            depth.hop(() -> finish(node, inChoice));
            depth.leave();
            return;
        }
        Symbol symbol = node.symbol;
        boolean choice = node.isChoice();
        if (node.firstChild != null) {
            Expr outer = node.dependency;
            if (classic && choice && symbol != null) {
                shareType(node, symbol);
                // The mode of the choice is the most that its members can be.
                outer = exprs.symbol(symbol);
            }
            for (MenuNode child = node.firstChild; child != null; child = child.next) {
                inherit(outer, child);
            }
            for (MenuNode child = node.firstChild; child != null; child = child.next) {
                finish(child, choice && !classic);
            }
        } else if (!inChoice && symbol != null) {
            adoptDependents(node, symbol);
            symbol.directDependency = exprs.or(symbol.directDependency, node.dependency);
        }
        dissolve(node);
        if (classic && choice && symbol != null) {
            enlist(node, symbol);
        }
        if (symbol != null && !symbol.warned) {
            check.check(node, symbol);
            symbol.warned = true;
        }
        if (classic && choice && symbol != null && !symbol.optional && node.prompt != null) {
            // As if something selected m: nobody can switch off a choice that is shown.
            symbol.reverseDependency = exprs.or(symbol.reverseDependency,
                    exprs.and(node.prompt.condition, exprs.symbol(exprs.mod)));
        }
        depth.leave();
    }

    /** A choice without a type has that of its first member with one; members without one have that of the choice. */
    private static void shareType(MenuNode node, Symbol symbol) {
        for (MenuNode m = node.firstChild; m != null && symbol.type == SymbolType.UNKNOWN; m = m.next) {
            if (m.symbol != null) {
                symbol.type = m.symbol.type;
            }
        }
        for (MenuNode m = node.firstChild; m != null; m = m.next) {
            if (m.symbol != null && m.symbol.type == SymbolType.UNKNOWN) {
                m.symbol.type = symbol.type;
            }
        }
    }

    /** Makes the entries right below a choice its members, but for those that belong to another one. */
    private void enlist(MenuNode node, Symbol choice) {
        MenuNode first = choice.firstNode != null ? choice.firstNode : node;
        for (MenuNode child = node.firstChild; child != null; child = child.next) {
            Symbol member = child.symbol;
            if (member == null || member.memberOf != null) {
                continue;
            }
            if (child.prompt == null) {
                sink.report(Diagnostic.warning(child.file, child.line, "choice value must have a prompt"));
            }
            for (Property p = member.firstProperty; p != null; p = p.next) {
                if (p.kind == PropertyKind.DEFAULT) {
                    sink.report(Diagnostic.warning(p.file, p.line, "defaults for choice values not supported"));
                }
                MenuNode up = p.node.parent;
                if (p.node != child && p.kind == PropertyKind.PROMPT && (up == null || up.symbol != choice)) {
                    sink.report(Diagnostic.warning(p.file, p.line, "choice value used outside its choice group"));
                }
            }
            if (choice.type == SymbolType.TRISTATE && member.type != SymbolType.TRISTATE) {
                Expr on = exprs.compare(ExprKind.EQUAL, choice, exprs.yes);
                child.dependency = exprs.and(on, child.dependency);
                for (Property p = member.firstProperty; p != null; p = p.next) {
                    if (p.node == child) {
                        p.condition = exprs.and(on, p.condition);
                    }
                }
            }
            member.memberOf = first;
            first.members.add(member);
        }
    }

    /** Gives {@code child} and its properties the dependencies {@code outer} of its parent. */
    private void inherit(@Nullable Expr outer, MenuNode child) {
        Expr base = algebra.transform(algebra.guardModule(child.dependency, modules));
        base = algebra.distinct(exprs.and(outer, base));
        child.dependency = base;
        Symbol symbol = child.symbol;
        for (Property p = symbol != null ? symbol.firstProperty : child.prompt; p != null; p = p.next) {
            if (p.node != child) {
                // Written at another definition of the same symbol, and handled there.
                continue;
            }
            Expr condition = algebra.transform(algebra.guardModule(p.condition, modules));
            condition = algebra.distinct(exprs.and(base, condition));
            p.condition = condition;
            if (symbol == null) {
                continue;
            }
            Symbol target = p.valueSymbol();
            if (target != null && p.kind == PropertyKind.SELECT) {
                target.reverseDependency = exprs.or(target.reverseDependency,
                        exprs.and(exprs.symbol(symbol), condition));
            } else if (target != null && p.kind == PropertyKind.IMPLY) {
                target.impliedBy = exprs.or(target.impliedBy, exprs.and(exprs.symbol(symbol), condition));
            }
        }
    }

    /** Moves the entries after {@code node} that depend on its symbol below it. */
    private void adoptDependents(MenuNode node, Symbol symbol) {
        @Nullable Expr own = null;
        MenuNode last = null;
        for (MenuNode entry = node.next; entry != null; entry = entry.next) {
            Expr dep = entry.prompt != null ? entry.prompt.condition : entry.dependency;
            if (!mentions(dep, symbol)) {
                break;
            }
            if (!requires(dep, symbol)) {
                if (own == null) {
                    own = simplified(node.prompt != null ? node.prompt.condition : null);
                }
                Expr rest = algebra.remainder(simplified(dep), own);
                if (!algebra.isYes(rest)) {
                    break;
                }
            }
            finish(entry, false);
            entry.parent = node;
            last = entry;
        }
        if (last != null) {
            node.firstChild = node.next;
            node.next = last.next;
            last.next = null;
        }
    }

    private Expr simplified(@Nullable Expr e) {
        Expr d = algebra.distinct(algebra.transform(algebra.notEqualNo(e)));
        return d != null ? d : exprs.symbol(exprs.yes);
    }

    /** Lifts the children of nodes without a text, {@code if} blocks above all, to the level of the node. */
    private static void dissolve(MenuNode node) {
        for (MenuNode child = node.firstChild; child != null; child = child.next) {
            MenuNode inner = child.firstChild;
            if (inner == null || child.prompt != null && child.prompt.hasText) {
                continue;
            }
            MenuNode last = inner;
            while (true) {
                last.parent = node;
                MenuNode next = last.next;
                if (next == null) {
                    break;
                }
                last = next;
            }
            last.next = child.next;
            child.next = inner;
            child.firstChild = null;
        }
    }

    /** Whether {@code symbol} occurs anywhere in {@code e}. */
    private boolean mentions(@Nullable Expr e, Symbol symbol) {
        if (e == null) {
            return false;
        }
        switch (e.kind) {
            case AND, OR, NOT:
                if (depth.enter()) {
                    boolean[] result = new boolean[1];
                    depth.hop(() -> result[0] = mentions(e, symbol));
                    depth.leave();
                    return result[0];
                }
                boolean found = mentions(e.left, symbol) || mentions(e.right, symbol);
                depth.leave();
                return found;
            case RANGE:
                return false;
            default:
                return e.symbol == symbol || e.symbol2 == symbol;
        }
    }

    /** Whether {@code e} is n whenever {@code symbol} is n. */
    private boolean requires(@Nullable Expr e, Symbol symbol) {
        if (e == null) {
            return false;
        }
        switch (e.kind) {
            case AND:
                if (depth.enter()) {
                    boolean[] result = new boolean[1];
                    depth.hop(() -> result[0] = requires(e, symbol));
                    depth.leave();
                    return result[0];
                }
                boolean required = requires(e.left, symbol) || requires(e.right, symbol);
                depth.leave();
                return required;
            case SYMBOL:
                return e.symbol == symbol;
            case EQUAL:
                return e.symbol == symbol && (e.symbol2 == exprs.yes || e.symbol2 == exprs.mod);
            case UNEQUAL:
                return e.symbol == symbol && e.symbol2 == exprs.no;
            default:
                return false;
        }
    }
}
