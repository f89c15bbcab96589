package org.mmkit.kconfig.eval;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Depth;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/**
 * Computes values on demand from the user's settings and keeps them until they are invalidated.
 *
 * <p>Levels are 0, 1, 2 for n, m, y. The order in which symbols are computed is that of the kernel's tools, since
 * warnings come out in that order. Confined to one thread.
 */
public final class Evaluator {

    private static final byte VALID = Values.VALID;
    private static final byte WRITE = Values.WRITE;

    private final KconfigTree tree;
    private final UserSettings user;
    private final Diagnostic.Sink sink;
    private final Depth depth = new Depth();
    private final Symbol modules;
    private final Values values;
    private final byte[] flags;
    private final byte[] level;
    private final @Nullable String[] text;
    private final byte[] visible;
    private final byte[] direct;
    private final byte[] reverse;
    private final byte[] implied;
    /** 0 is unknown, else level + 1. */
    private final byte[] exprLevel;
    private final byte[] promptLevel;
    private final Choices choices;
    private final boolean classic;
    private final boolean everyDefault;
    private final boolean implyAlways;
    private int modulesLevel;
    private int unmetWarnings;
    private boolean changed;
    private boolean orderFree;

    /** An evaluator of {@code user}; unmet dependencies of selected symbols are reported to {@code sink}. */
    public Evaluator(KconfigTree tree, UserSettings user, Diagnostic.Sink sink) {
        this.tree = tree;
        this.user = user;
        this.sink = sink;
        this.modules = tree.modules();
        this.classic = tree.hasClassicChoices();
        this.everyDefault = tree.dialect().writesEveryDefault();
        this.implyAlways = tree.dialect().impliesAlways();
        values = new Values(tree.symbolCount());
        flags = values.flags;
        level = values.level;
        text = values.text;
        visible = values.visible;
        direct = values.direct;
        reverse = values.reverse;
        implied = values.implied;
        exprLevel = new byte[tree.expressionCount()];
        promptLevel = new byte[tree.propertyCount()];
        choices = classic ? new ClassicChoices(this) : new PriorityChoices(this);
        constant(tree.no(), 0);
        constant(tree.mod(), 1);
        constant(tree.yes(), 2);
    }

    /**
     * Makes values depend on the settings alone. The kernel's tools see, in a choice that was evaluated before, the
     * old visibility of members; so does this class until told otherwise here. Unmet dependencies are no longer
     * reported.
     */
    public void setOrderFree() {
        orderFree = true;
    }

    private void constant(Symbol s, int value) {
        level[s.id()] = (byte) value;
        text[s.id()] = s.name();
        flags[s.id()] = VALID;
    }

    /** The tree. */
    public KconfigTree tree() {
        return tree;
    }

    /** The settings that values are computed from; invalidate after changing them. */
    public UserSettings user() {
        return user;
    }

    /** The values of the last calculations; they change with the next ones. */
    public Values values() {
        return values;
    }

    /** How choices pick a member. */
    public Choices choices() {
        return choices;
    }

    boolean isOrderFree() {
        return orderFree;
    }

    /** How many warnings of unmet dependencies were reported. */
    public int unmetWarnings() {
        return unmetWarnings;
    }

    /** Whether something may have changed since the configuration was last read or written. */
    public boolean isChanged() {
        return changed;
    }

    /** Says whether the configuration differs from its file. */
    public void setChanged(boolean value) {
        changed = value;
    }

    /** Forgets all values, and computes that of the modules symbol. */
    public void invalidateAll() {
        forgetAll();
        changed = true;
        calculate(modules);
    }

    /** Forgets the value of one symbol. */
    public void forget(Symbol s) {
        flags[s.id()] &= ~VALID;
    }

    /** Whether the value of {@code s} is known. */
    public boolean isCalculated(Symbol s) {
        return (flags[s.id()] & VALID) != 0;
    }

    /** Forgets all values. */
    public void forgetAll() {
        for (int i = 3; i < flags.length; i++) {
            flags[i] &= ~VALID;
        }
        Arrays.fill(exprLevel, (byte) 0);
    }

    /** The type as it counts now: without modules a tristate is a bool. */
    public SymbolType effectiveType(Symbol s) {
        return s.type() == SymbolType.TRISTATE && (modulesLevel == 0 || choices.isBoolNow(s)) ? SymbolType.BOOL : s.type();
    }

    /** The level of the last calculation of {@code s}; 0 for other types. */
    public int level(Symbol s) {
        return level[s.id()];
    }

    /** The value of the last calculation of {@code s} as text. */
    public String value(Symbol s) {
        if (s.type().isLogical()) {
            return Values.levelText(level[s.id()]);
        }
        String t = text[s.id()];
        return t == null ? "(null)" : t;
    }

    /** What an int, hex or string takes over from {@code s}; a bool or tristate hands over n whatever its level. */
    private String rawText(Symbol s) {
        return s.type().isLogical() && !s.isConstant() ? "n" : value(s);
    }

    /** Whether {@code s} belongs into a configuration file, by its last calculation. */
    public boolean isWritten(Symbol s) {
        return (flags[s.id()] & WRITE) != 0;
    }

    /** Keeps {@code s} out of a file until it is calculated again. */
    public void clearWritten(Symbol s) {
        flags[s.id()] &= ~WRITE;
    }

    /** Whether the user can change {@code s} now. */
    public boolean isChangeable(Symbol s) {
        return visible[s.id()] > reverse[s.id()] && choices.isChangeable(s);
    }

    /** The level of {@code e}; null is y. */
    public int level(@Nullable Expr e) {
        if (e == null) {
            return 2;
        }
        int known = exprLevel[e.id()];
        if (known != 0) {
            return known - 1;
        }
        int value;
        if (depth.enter()) {
            int[] result = new int[1];
            depth.hop(() -> result[0] = compute(e));
            value = result[0];
        } else {
            value = compute(e);
        }
        depth.leave();
        exprLevel[e.id()] = (byte) (value + 1);
        return value;
    }

    private int compute(Expr e) {
        switch (e.kind()) {
            case SYMBOL:
                calculate(e.symbol());
                return level[e.symbol().id()];
            case AND:
                return Math.min(level(e.left()), level(e.right()));
            case OR:
                return Math.max(level(e.left()), level(e.right()));
            case NOT:
                return 2 - level(e.left());
            case RANGE:
                return 0;
            default:
                break;
        }
        Symbol a = e.symbol();
        Symbol b = e.symbol2();
        calculate(a);
        calculate(b);
        int order = Numbers.compare(value(a), a.type(), value(b), b.type());
        return e.kind().holds(order) ? 2 : 0;
    }

    /** Computes the value of {@code s} unless it is known. */
    public void calculate(Symbol s) {
        if ((flags[s.id()] & VALID) != 0) {
            return;
        }
        if (depth.enter()) {
            depth.hop(() -> recalculate(s));
        } else {
            recalculate(s);
        }
        depth.leave();
    }

    private void recalculate(Symbol s) {
        choices.before(s);
        int id = s.id();
        flags[id] |= VALID;
        int oldLevel = level[id];
        switch (s.type()) {
            case UNKNOWN -> {
                text[id] = s.name();
                level[id] = 0;
                return;
            }
            case INT -> text[id] = classic ? "" : "0";
            case HEX -> text[id] = classic ? "" : "0x0";
            case STRING -> text[id] = "";
            default -> {
            }
        }
        if (!everyDefault || !s.isChoiceMember()) {
            flags[id] &= ~WRITE;
        }
        calculateVisibility(s);
        if (visible[id] != 0) {
            flags[id] |= WRITE;
        }
        // What a recursive look at the symbol sees.
        level[id] = 0;
        int newLevel = 0;
        String newText = text[id];
        if (s.type().isLogical()) {
            newLevel = logicalValue(s);
            if (newLevel == 1 && effectiveType(s) == SymbolType.BOOL) {
                newLevel = 2;
            }
        } else if (visible[id] != 0 && user.present[id]) {
            newText = user.text(id);
        } else {
            Property p = activeDefault(s);
            Symbol value = p == null ? null : p.valueSymbol();
            if (value != null) {
                flags[id] |= WRITE;
                calculate(value);
                newText = rawText(value);
            }
        }
        level[id] = (byte) newLevel;
        text[id] = newText;
        choices.after(s);
        clampToRange(s);
        if (s == modules && oldLevel != newLevel) {
            modulesLevel = newLevel;
        }
        if (s.isNeverWritten()) {
            flags[id] &= ~WRITE;
        }
    }

    private int logicalValue(Symbol s) {
        int id = s.id();
        int decided = choices.decided(s);
        if (decided >= 0) {
            return decided;
        }
        int value = 0;
        if (visible[id] != 0 && user.present[id]) {
            value = Math.min(user.level[id], visible[id]);
        } else {
            if (reverse[id] != 0) {
                flags[id] |= WRITE;
            }
            if (!s.isChoice()) {
                Property p = activeDefault(s);
                if (p != null) {
                    value = Math.min(level(p.value()), level(p.condition()));
                    if (value != 0 || everyDefault) {
                        flags[id] |= WRITE;
                    }
                }
                if (implied[id] != 0) {
                    flags[id] |= WRITE;
                    value = Math.min(Math.max(value, implied[id]), direct[id]);
                }
            }
        }
        if (direct[id] < reverse[id]) {
            warnUnmet(s);
        }
        return Math.max(value, reverse[id]);
    }

    void calculateVisibility(Symbol s) {
        int id = s.id();
        if (s.isTransitional()) {
            visible[id] = 2;
            return;
        }
        int v = 0;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.isPrompt()) {
                int l = choices.promptLevel(s, level(p.condition()));
                promptLevel[p.id()] = (byte) l;
                v = Math.max(v, l);
            }
        }
        if (v == 1 && (s.type() != SymbolType.TRISTATE || modulesLevel == 0)) {
            v = 2;
        }
        visible[id] = (byte) v;
        if (s.isChoiceMember()) {
            return;
        }
        Expr dependency = s.directDependency();
        direct[id] = (byte) raised(s, dependency == null ? 2 : level(dependency));
        Expr selects = s.reverseDependency();
        reverse[id] = (byte) raised(s, selects == null ? 0 : level(selects));
        Expr implies = s.impliedBy();
        boolean counts = implies != null && (implyAlways || direct[id] != 0);
        implied[id] = (byte) raised(s, counts ? level(implies) : 0);
    }

    private int raised(Symbol s, int value) {
        return value == 1 && effectiveType(s) == SymbolType.BOOL ? 2 : value;
    }

    /** The first default whose condition is not n; null when there is none. */
    public @Nullable Property activeDefault(Symbol s) {
        return active(s, PropertyKind.DEFAULT);
    }

    /** The first range whose condition is not n; null when there is none. */
    public @Nullable Property activeRange(Symbol s) {
        return active(s, PropertyKind.RANGE);
    }

    private @Nullable Property active(Symbol s, PropertyKind kind) {
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == kind && level(p.condition()) != 0) {
                return p;
            }
        }
        return null;
    }

    private void clampToRange(Symbol s) {
        if (!s.type().isNumeric()) {
            return;
        }
        Property p = activeRange(s);
        Expr bounds = p == null ? null : p.value();
        if (bounds == null) {
            return;
        }
        int base = s.type() == SymbolType.INT ? 10 : 16;
        long value = Numbers.leading(value(s), base);
        Symbol bound = bounds.symbol();
        if (value >= boundValue(bound, base)) {
            bound = bounds.symbol2();
            if (value <= boundValue(bound, base)) {
                return;
            }
        }
        text[s.id()] = rawText(bound);
    }

    /** The number that a bound stands for; its own type decides the base, {@code base} when it has none. */
    public long boundValue(Symbol bound, int base) {
        calculate(bound);
        int b = bound.type() == SymbolType.INT ? 10 : bound.type() == SymbolType.HEX ? 16 : base;
        return Numbers.leading(rawText(bound), b);
    }

    private void warnUnmet(Symbol s) {
        unmetWarnings++;
        if (!orderFree) {
            sink.report(Diagnostic.text(Diagnostic.Severity.WARNING, ExprText.unmet(this, s)));
        }
    }

    /** Whether the node is shown: its prompt or something below it is visible. */
    public boolean isShown(MenuNode node) {
        if (depth.enter()) {
            boolean[] result = new boolean[1];
            depth.hop(() -> result[0] = isShownHere(node));
            depth.leave();
            return result[0];
        }
        boolean shown = isShownHere(node);
        depth.leave();
        return shown;
    }

    private boolean isShownHere(MenuNode node) {
        Property prompt = node.prompt();
        if (prompt == null) {
            return false;
        }
        if (node.visibility() != null && level(node.visibility()) == 0) {
            return false;
        }
        Symbol s = node.symbol();
        int v;
        if (s != null) {
            calculate(s);
            v = promptLevel[prompt.id()];
        } else {
            v = level(prompt.condition());
        }
        if (v != 0) {
            return true;
        }
        if (s == null || level[s.id()] == 0) {
            return false;
        }
        for (MenuNode child = node.firstChild(); child != null; child = child.next()) {
            if (isShown(child)) {
                if (classic) {
                    // What shows something below it counts as answered.
                    user.present[s.id()] = true;
                }
                return true;
            }
        }
        return false;
    }

    /** The value that {@code s} would have without a setting of the user, as a minimal configuration sees it. */
    public String defaultValue(Symbol s) {
        calculateVisibility(s);
        calculate(modules);
        int id = s.id();
        int value = 0;
        String result = "";
        Property p = activeDefault(s);
        if (p != null) {
            if (s.type().isLogical()) {
                value = Math.min(level(p.value()), level(p.condition()));
            } else {
                Symbol v = p.valueSymbol();
                if (v != null) {
                    calculate(v);
                    result = rawText(v);
                }
            }
        }
        value = Math.max(value, reverse[id]);
        if (value == 1 && !s.isChoiceMember() && level[modules.id()] == 0) {
            value = 2;
        }
        if (s.type() == SymbolType.BOOL && value == 1) {
            value = 2;
        }
        value = Math.max(value, implied[id]);
        return switch (s.type()) {
            case BOOL, TRISTATE -> Values.levelText(value);
            case INT -> result.isEmpty() && !classic ? "0" : result;
            case HEX -> result.isEmpty() && !classic ? "0x0" : result;
            default -> result;
        };
    }

    /** Whether the user can set {@code s} to {@code wanted} now. */
    public boolean isWithinRange(Symbol s, int wanted) {
        int id = s.id();
        SymbolType type = effectiveType(s);
        if (visible[id] == 0 || !type.isLogical() || type == SymbolType.BOOL && wanted == 1
                || visible[id] <= reverse[id]) {
            return false;
        }
        return wanted >= reverse[id] && wanted <= visible[id] && choices.isPossible(s, wanted);
    }

    /** Turns the user's level {@code from} into {@code to} for every tristate symbol. */
    public void rewriteLevels(int from, int to) {
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            if (effectiveType(s) == SymbolType.TRISTATE && user.level[s.id()] == from) {
                user.setLevelOnly(s.id(), to);
            }
        }
        invalidateAll();
    }

    /** Computes {@code s} again although it is known; whether its level or text is another one now. */
    boolean refresh(Symbol s) {
        int id = s.id();
        int oldLevel = level[id];
        String oldText = text[id];
        flags[id] &= ~VALID;
        calculate(s);
        return level[id] != oldLevel || !s.type().isLogical() && !Objects.equals(oldText, text[id]);
    }

    /** Computes all members of a choice again; {@link #level(Symbol)} tells the results. */
    void refreshChoice(MenuNode choice) {
        for (Symbol m : choices.entries(choice)) {
            int id = m.id();
            flags[id] &= ~(VALID | WRITE);
            level[id] = 0;
        }
        for (Symbol m : choices.entries(choice)) {
            calculate(m);
        }
    }

    /** Computes an expression again from its operands; whether its level is another one now. */
    boolean refresh(Expr e) {
        int old = exprLevel[e.id()];
        if (old == 0) {
            return false;
        }
        int now = compute(e) + 1;
        exprLevel[e.id()] = (byte) now;
        return now != old;
    }

    /** A copy of all values. */
    public Values copyValues() {
        return values.copy();
    }
}
