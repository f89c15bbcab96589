package org.mmkit.kconfig.eval;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.KconfigTree;

/** What the user has set, symbol by symbol, whether or not it takes effect. Confined to one thread. */
public final class UserSettings {

    final boolean[] present;
    final byte[] level;
    final @Nullable String[] text;

    /** Nothing set yet. */
    public UserSettings(KconfigTree tree) {
        int n = tree.symbolCount();
        present = new boolean[n];
        level = new byte[n];
        text = new @Nullable String[n];
    }

    /** Whether the symbol of this id has a setting. */
    public boolean isSet(int symbol) {
        return present[symbol];
    }

    /** 0, 1 or 2 for n, m, y; 0 without a setting. */
    public int level(int symbol) {
        return level[symbol];
    }

    /** The text set for an int, hex or string symbol; empty without one. */
    public String text(int symbol) {
        String t = text[symbol];
        return t == null ? "" : t;
    }

    /** Sets a bool or tristate symbol. */
    public void set(int symbol, int newLevel) {
        present[symbol] = true;
        level[symbol] = (byte) newLevel;
    }

    /** Sets an int, hex or string symbol. */
    public void set(int symbol, String newText) {
        present[symbol] = true;
        text[symbol] = newText;
    }

    /** Changes the level of a symbol without making an unset one set, as the mode rewriting does. */
    void replaceLevel(int symbol, int newLevel) {
        level[symbol] = (byte) newLevel;
    }

    /** Forgets the setting of one symbol. */
    public void clear(int symbol) {
        present[symbol] = false;
        level[symbol] = 0;
        text[symbol] = null;
    }
}
