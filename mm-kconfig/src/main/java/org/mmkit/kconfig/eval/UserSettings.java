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

    /** Takes over all settings of {@code other}, of the same tree. */
    public void copyFrom(UserSettings other) {
        System.arraycopy(other.present, 0, present, 0, present.length);
        System.arraycopy(other.level, 0, level, 0, level.length);
        System.arraycopy(other.text, 0, text, 0, text.length);
    }

    /** Makes something of a copy of all settings. */
    public <T> T snapshot(Snapshot<T> maker) {
        return maker.make(present.clone(), level.clone(), text.clone());
    }

    /**
     * Makes something of settings by symbol id.
     *
     * @param <T> what it makes
     */
    @FunctionalInterface
    public interface Snapshot<T> {

        /** Takes whether there is a setting, the levels, and the texts. */
        T make(boolean[] present, byte[] level, @Nullable String[] text);
    }

    /** Changes the level of a symbol without making an unset one set. */
    public void setLevelOnly(int symbol, int newLevel) {
        level[symbol] = (byte) newLevel;
    }

    /** Makes a symbol unset, but keeps what it was set to. */
    public void drop(int symbol) {
        present[symbol] = false;
    }

    /** Forgets the setting of one symbol. */
    public void clear(int symbol) {
        present[symbol] = false;
        level[symbol] = 0;
        text[symbol] = null;
    }
}
