package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All symbols of a tree by name.
 *
 * <p>The buckets are those of the kernel's tools (FNV-1a modulo 16384, or 9973 before 6.12, newest first), because
 * {@code auto.conf} and {@code autoconf.h} are written in that order.
 */
final class SymbolTable {

    private static final int BUCKETS = 1 << 14;
    private static final int CLASSIC_BUCKETS = 9973;
    private static final int FNV_OFFSET = 0x811C9DC5;
    private static final int FNV_PRIME = 0x01000193;

    private final @Nullable Symbol[] buckets;
    final List<Symbol> all = new ArrayList<>(20_000);
    final Symbol no;
    final Symbol mod;
    final Symbol yes;

    SymbolTable(boolean classic) {
        buckets = new @Nullable Symbol[classic ? CLASSIC_BUCKETS : BUCKETS];
        no = builtin("n");
        mod = builtin("m");
        yes = builtin("y");
    }

    private Symbol builtin(String name) {
        Symbol s = new Symbol(all.size(), name, true, false);
        s.type = SymbolType.TRISTATE;
        all.add(s);
        return s;
    }

    private @Nullable Symbol builtinNamed(int c) {
        return switch (c) {
            case 'n' -> no;
            case 'm' -> mod;
            case 'y' -> yes;
            default -> null;
        };
    }

    /** The symbol of this name and kind, made when it is new. */
    Symbol lookup(String name, boolean constant) {
        if (name.length() == 1) {
            Symbol s = builtinNamed(name.charAt(0));
            if (s != null) {
                return s;
            }
        }
        int bucket = bucket(name);
        for (Symbol s = buckets[bucket]; s != null; s = s.hashNext) {
            if (s.constant == constant && !s.choice && s.name.equals(name)) {
                return s;
            }
        }
        return add(new Symbol(all.size(), name, constant, false), bucket);
    }

    /** A new nameless symbol for a choice; the tools keep them in bucket 0. */
    Symbol newChoice() {
        return add(new Symbol(all.size(), "", false, true), 0);
    }

    /** The choice of this name, made when it is new. */
    Symbol namedChoice(String name) {
        int bucket = bucket(name);
        for (Symbol s = buckets[bucket]; s != null; s = s.hashNext) {
            if (s.choice && s.name.equals(name)) {
                return s;
            }
        }
        return add(new Symbol(all.size(), name, false, true), bucket);
    }

    private Symbol add(Symbol s, int bucket) {
        s.hashNext = buckets[bucket];
        buckets[bucket] = s;
        all.add(s);
        return s;
    }

    /** The symbol that an unquoted {@code name} means; null when no file mentions it. */
    @Nullable Symbol find(String name) {
        if (name.length() == 1) {
            Symbol s = builtinNamed(name.charAt(0));
            if (s != null) {
                return s;
            }
        }
        for (Symbol s = buckets[bucket(name)]; s != null; s = s.hashNext) {
            if (!s.constant && !s.choice && s.name.equals(name)) {
                return s;
            }
        }
        return null;
    }

    /** All symbols but the three built-in constants, in bucket order. */
    Symbol[] inBucketOrder() {
        Symbol[] order = new Symbol[all.size() - 3];
        int n = 0;
        for (Symbol head : buckets) {
            for (Symbol s = head; s != null; s = s.hashNext) {
                order[n++] = s;
            }
        }
        return order;
    }

    private int bucket(String name) {
        int h = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            // The original hashes plain char, which is signed.
            h = (h ^ (byte) name.charAt(i)) * FNV_PRIME;
        }
        return Integer.remainderUnsigned(h, buckets.length);
    }
}
