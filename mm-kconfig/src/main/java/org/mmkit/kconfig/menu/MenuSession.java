package org.mmkit.kconfig.menu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;

/**
 * What a person sees and does in the menu: a screen of lines after each key. Confined to one thread.
 *
 * <p>Arrows move, Enter opens or edits, Space cycles, y, m and n set, / searches by a regular expression (a digit jumps to
 * a result), ? helps, z shows hidden entries and why
 * they are hidden, s saves, q or Escape goes back and at last leaves; leaving with unsaved changes asks.
 */
public final class MenuSession {

    /** Takes the configuration when the person saves. */
    @FunctionalInterface
    public interface Saver {

        /** Writes the content of a {@code .config}. */
        void save(byte[] content) throws IOException;
    }

    private enum Mode { MENU, SEARCH_INPUT, RESULTS, VALUE_INPUT, HELP, LEAVING }

    private static final String KEYS = "Enter open  Space change  y/m/n set  / search  ? help  z hidden  s save  q back";

    private final ConfigurationEditor editor;
    private final Saver saver;
    private Mode mode = Mode.MENU;
    private MenuNode menu;
    private List<Entry> entries = new ArrayList<>();
    private int cursor;
    private int top;
    private boolean showHidden;
    private boolean changed;
    private boolean finished;
    private String message = "";
    private StringBuilder input = new StringBuilder();
    private List<String> page = List.of();

    private record Entry(MenuNode node, int depth, boolean hidden) {
    }

    /** A session at the main menu. */
    public MenuSession(ConfigurationEditor editor, Saver saver) {
        this.editor = editor;
        this.saver = saver;
        this.menu = editor.tree().root();
        refresh();
    }

    /** Whether the person has left. */
    public boolean isFinished() {
        return finished;
    }

    /** Whether there are changes that are not saved. */
    public boolean hasUnsavedChanges() {
        return changed;
    }

    private ResolvedConfiguration now() {
        return editor.current();
    }

    private void refresh() {
        entries = new ArrayList<>();
        collect(menu, 0);
        cursor = Math.max(0, Math.min(cursor, entries.size() - 1));
    }

    private void collect(MenuNode parent, int depth) {
        for (MenuNode n = parent.firstChild(); n != null; n = n.next()) {
            boolean shown = isShown(n);
            if (n.prompt() == null ? showHidden && n.symbol() != null : shown || showHidden) {
                entries.add(new Entry(n, depth, !shown));
            }
            if (n.firstChild() != null && !opens(n) && depth < 20) {
                collect(n, depth + 1);
            }
        }
    }

    private boolean isShown(MenuNode n) {
        Property p = n.prompt();
        return p != null && now().level(n.visibility()) > 0 && now().level(p.condition()) > 0;
    }

    /** Whether Enter goes into the node. */
    private static boolean opens(MenuNode n) {
        Property p = n.prompt();
        return n.isChoice() || p != null && p.kind() == PropertyKind.MENU && n.firstChild() != null;
    }

    /** Takes a key. */
    public void press(Key key) {
        message = "";
        switch (mode) {
            case MENU, RESULTS -> inList(key);
            case SEARCH_INPUT, VALUE_INPUT -> inInput(key);
            case HELP -> mode = Mode.MENU;
            default -> leaving(key);
        }
    }

    private void inList(Key key) {
        switch (key.kind()) {
            case UP -> cursor = Math.max(0, cursor - 1);
            case DOWN -> cursor = Math.min(entries.size() - 1, cursor + 1);
            case PAGE_UP -> cursor = Math.max(0, cursor - 15);
            case PAGE_DOWN -> cursor = Math.min(entries.size() - 1, cursor + 15);
            case HOME -> cursor = 0;
            case END -> cursor = entries.size() - 1;
            case ESCAPE, LEFT, BACKSPACE -> back();
            case ENTER, RIGHT -> enter();
            case CHARACTER -> {
                int digit = key.character() - '1';
                if (mode == Mode.RESULTS && digit >= 0 && digit < 9 && top + digit < entries.size()) {
                    jump(entries.get(top + digit).node);
                } else {
                    command(key.character());
                }
            }
            default -> {
                // A key of another kind has no meaning in a list.
            }
        }
        cursor = Math.max(0, cursor);
    }

    private void command(char c) {
        switch (c) {
            case 'q' -> back();
            case 'j' -> cursor = Math.min(entries.size() - 1, cursor + 1);
            case 'k' -> cursor = Math.max(0, cursor - 1);
            case '/' -> {
                mode = Mode.SEARCH_INPUT;
                input = new StringBuilder();
            }
            case '?' -> help();
            case 'z' -> {
                showHidden = !showHidden;
                refresh();
            }
            case 's' -> save();
            case ' ' -> cycle();
            case 'y', 'm', 'n' -> set(String.valueOf(c));
            default -> message = "no such key: " + c;
        }
    }

    private @Nullable MenuNode selected() {
        return entries.isEmpty() ? null : entries.get(cursor).node;
    }

    private void back() {
        if (mode == Mode.RESULTS) {
            mode = Mode.MENU;
            refresh();
            return;
        }
        MenuNode from = menu;
        MenuNode up = menu.parent();
        while (up != null && up.parent() != null && !opens(up)) {
            up = up.parent();
        }
        if (up == null) {
            if (changed) {
                mode = Mode.LEAVING;
            } else {
                finished = true;
            }
            return;
        }
        menu = up;
        refresh();
        moveTo(from);
    }

    private void leaving(Key key) {
        switch (key.character()) {
            case 'y' -> {
                save();
                finished = !changed;
                mode = Mode.MENU;
            }
            case 'n' -> finished = true;
            default -> mode = Mode.MENU;
        }
    }

    private void save() {
        try {
            saver.save(editor.toDotConfig());
            changed = false;
            message = "saved";
        } catch (IOException e) {
            message = "not saved: " + e.getMessage();
        }
    }

    private void moveTo(MenuNode node) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).node == node) {
                cursor = i;
            }
        }
    }

    private void enter() {
        MenuNode node = selected();
        if (node == null) {
            return;
        }
        if (mode == Mode.RESULTS) {
            jump(node);
            return;
        }
        if (explainHidden()) {
            return;
        }
        Symbol s = node.symbol();
        if (opens(node)) {
            menu = node;
            cursor = 0;
            top = 0;
            refresh();
        } else if (s != null && !s.type().isLogical() && s.type() != SymbolType.UNKNOWN) {
            mode = Mode.VALUE_INPUT;
            input = new StringBuilder(Text.decode(now().values().value(s)));
        } else if (s != null) {
            cycle();
        }
    }

    private void jump(MenuNode node) {
        MenuNode up = node.parent();
        while (up != null && up.parent() != null && !opens(up)) {
            up = up.parent();
        }
        menu = up == null ? editor.tree().root() : up;
        mode = Mode.MENU;
        showHidden |= !isShown(node);
        refresh();
        moveTo(node);
        explainHidden();
    }

    /** Says why the selected entry is hidden; false when it is not. */
    private boolean explainHidden() {
        if (entries.isEmpty() || !entries.get(cursor).hidden) {
            return false;
        }
        Symbol s = entries.get(cursor).node.symbol();
        message = s == null || s.isChoice() ? "hidden: its dependencies are not met"
                : new Explainer(now()).reason(s.name()).sentence();
        return true;
    }

    private void cycle() {
        MenuNode node = selected();
        Symbol s = node == null ? null : node.symbol();
        if (s == null || !s.type().isLogical() || s.isChoice() || explainHidden()) {
            return;
        }
        if (s.choiceNode() != null) {
            set("y");
            return;
        }
        String present = now().values().value(s);
        boolean three = s.type() == SymbolType.TRISTATE && now().values().level(editor.tree().modules()) > 0;
        set(present.equals("n") ? three ? "m" : "y" : present.equals("m") ? "y" : "n");
    }

    private void set(String value) {
        MenuNode node = selected();
        Symbol s = node == null ? null : node.symbol();
        if (s == null || s.isChoice() || explainHidden()) {
            return;
        }
        try {
            ResolvedConfiguration after = editor.edit().set(s.name(), value).commit();
            changed = true;
            if (!Text.decode(after.values().value(s)).equals(value)) {
                message = after.reason(s.name()).sentence();
            }
        } catch (IllegalArgumentException e) {
            message = String.valueOf(e.getMessage());
        }
        refresh();
    }

    private void help() {
        MenuNode node = selected();
        if (node == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        Symbol s = node.symbol();
        lines.add(title(node));
        String help = node.help();
        lines.add("");
        lines.addAll(Text.decode(help == null ? "There is no help for this entry." : help).lines().toList());
        lines.add("");
        lines.add("Defined at " + node.position());
        if (s != null && !s.isChoice()) {
            lines.add(new Explainer(now()).reason(s.name()).sentence());
        }
        page = lines;
        mode = Mode.HELP;
    }

    private void inInput(Key key) {
        switch (key.kind()) {
            case CHARACTER -> input.append(key.character());
            case BACKSPACE -> input.setLength(Math.max(0, input.length() - 1));
            case ESCAPE -> mode = Mode.MENU;
            case ENTER -> {
                if (mode == Mode.VALUE_INPUT) {
                    mode = Mode.MENU;
                    set(input.toString());
                } else {
                    search();
                }
            }
            default -> {
                // Other keys do nothing while a text is typed.
            }
        }
    }

    private void search() {
        String wanted = input.toString();
        String name = wanted.toUpperCase(Locale.ROOT).startsWith("CONFIG_") ? wanted.substring(7) : wanted;
        Pattern pattern;
        try {
            pattern = Pattern.compile(name, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            mode = Mode.MENU;
            message = "not a regular expression: " + e.getDescription();
            return;
        }
        List<Entry> found = new ArrayList<>();
        MenuNode root = editor.tree().root();
        for (MenuNode n = root.following(root); n != null; n = n.following(root)) {
            Symbol s = n.symbol();
            if (s != null && !s.isChoice() && (pattern.matcher(s.name()).find() || pattern.matcher(title(n)).find())) {
                found.add(new Entry(n, 0, !isShown(n)));
            }
        }
        if (found.isEmpty()) {
            mode = Mode.MENU;
            message = "nothing found for " + input;
            return;
        }
        // Names that match as a whole come first, as in the kernel's own menu; then names, then prompts.
        found.sort(Comparator.comparing((Entry e) -> rank(pattern, e.node)).thenComparing(e -> name(e.node)));
        entries = found;
        cursor = 0;
        top = 0;
        mode = Mode.RESULTS;
        message = found.size() + " found; Enter or a digit jumps there, q goes back";
    }

    private static String name(MenuNode n) {
        Symbol s = n.symbol();
        return s == null ? "" : s.name();
    }

    private static int rank(Pattern pattern, MenuNode n) {
        return pattern.matcher(name(n)).matches() ? 0 : pattern.matcher(name(n)).find() ? 1 : 2;
    }

    private static String title(MenuNode n) {
        Property p = n.prompt();
        Symbol s = n.symbol();
        return p != null ? Text.decode(p.text()) : s == null ? "" : s.name();
    }

    /** The screen: lines without control characters, the selected one marked with {@code >}. */
    public List<String> screen(int width, int height) {
        List<String> lines = new ArrayList<>();
        lines.add(fit(title(editor.tree().root()) + (menu.parent() == null ? "" : " > " + title(menu))
                + (changed ? "  [changed]" : ""), width));
        lines.add("");
        int room = Math.max(1, height - 5);
        if (mode == Mode.HELP) {
            page.stream().limit(room).forEach(l -> lines.add(fit(l, width)));
        } else {
            top = Math.max(Math.min(top, cursor), cursor - room + 1);
            for (int i = top; i < Math.min(entries.size(), top + room); i++) {
                String number = mode != Mode.RESULTS ? "" : i - top < 9 ? "(" + (i - top + 1) + ") " : "    ";
                lines.add(fit((i == cursor ? "> " : "  ") + number + line(entries.get(i)), width));
            }
        }
        while (lines.size() < height - 2) {
            lines.add("");
        }
        lines.add(fit(switch (mode) {
            case SEARCH_INPUT -> "Search: " + input + "_";
            case VALUE_INPUT -> "New value: " + input + "_";
            case LEAVING -> "Save changes? y yes, n no, other keys stay";
            default -> message;
        }, width));
        lines.add(fit(KEYS, width));
        return lines;
    }

    private String line(Entry e) {
        MenuNode n = e.node;
        Symbol s = n.symbol();
        String indent = "  ".repeat(e.depth);
        String hidden = e.hidden ? "  (hidden)" : "";
        if (s == null) {
            Property p = n.prompt();
            boolean comment = p != null && p.kind() == PropertyKind.COMMENT;
            return indent + (comment ? "--- " + title(n) + " ---" : "    " + title(n) + "  --->") + hidden;
        }
        if (s.isChoice()) {
            return indent + "    " + title(n) + "  --->" + hidden;
        }
        String value = Text.decode(now().values().value(s));
        String mark = switch (s.type()) {
            case BOOL -> s.choiceNode() != null ? value.equals("y") ? "(X)" : "( )" : value.equals("y") ? "[*]" : "[ ]";
            case TRISTATE -> value.equals("y") ? "<*>" : value.equals("m") ? "<M>" : "< >";
            default -> "(" + value + ")";
        };
        return indent + mark + " " + title(n) + (mode == Mode.RESULTS ? "  " + s.name() + " " + n.position() : "")
                + (opens(n) ? "  --->" : "") + hidden;
    }

    private static String fit(String text, int width) {
        StringBuilder out = new StringBuilder(Math.min(width, text.length()));
        for (int i = 0; i < text.length() && out.length() < width; i++) {
            out.append(text.charAt(i) < ' ' ? ' ' : text.charAt(i));
        }
        return out.toString();
    }
}
