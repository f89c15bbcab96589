package org.mmkit.kconfig.menu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;

class MenuSessionTest {

    private final ConfigurationEditor editor = Trees.editor("""
            mainmenu "Test"
            config GATE
            	bool "Gate"
            	help
            	  Opens things.
            menu "Inner"
            config A
            	bool "Entry a"
            	depends on GATE
            config N
            	int "Number"
            	range 1 9
            	default 3
            choice
            	prompt "Pick"
            config P
            	bool "p"
            config Q
            	bool "q"
            endchoice
            endmenu
            """);
    private String saved = "";
    private final MenuSession session = new MenuSession(editor, content -> saved = new String(content,
            StandardCharsets.UTF_8));

    private void type(String keys) {
        for (char c : keys.toCharArray()) {
            session.press(c == '\n' ? Key.of(Key.Kind.ENTER) : Key.of(c));
        }
    }

    private String screen() {
        return String.join("\n", session.screen(100, 24));
    }

    @Test
    void the_menu_shows_entries_with_values_and_space_changes_them() {
        assertThat(screen()).contains("> [ ] Gate").contains("      Inner  --->");
        type(" ");
        assertThat(screen()).contains("> [*] Gate").contains("[changed]");
        assertThat(editor.current().isEnabled("GATE")).isTrue();
    }

    @Test
    void a_menu_a_number_and_a_choice_are_entered_and_left() {
        type("j\n");
        assertThat(screen()).contains("Test > Inner").contains("> (3) Number").doesNotContain("Entry a");
        session.press(Key.of(Key.Kind.ENTER));
        session.press(Key.of(Key.Kind.BACKSPACE));
        type("12\n");
        assertThat(editor.current().value("N")).isEqualTo("9");
        assertThat(screen()).contains("> (9) Number").contains("N is 9");
        type("j\nj ");
        assertThat(screen()).contains("Test > Pick").contains("> (X) q").contains("  ( ) p");
        assertThat(editor.current().isEnabled("Q")).isTrue();
        type("qq");
        assertThat(screen()).contains(">     Inner  --->");
    }

    @Test
    void hidden_entries_are_shown_on_request_with_the_reason() {
        type("j\nz");
        assertThat(screen()).contains("> [ ] Entry a  (hidden)");
        type(" ");
        assertThat(screen()).contains("A is n because it depends on GATE (Kconfig:9), which is n");
    }

    @Test
    void a_search_finds_symbols_and_jumps_to_them() {
        type("/entry\n");
        assertThat(screen()).contains("> (1) [ ] Entry a  A Kconfig:7  (hidden)");
        type("\n");
        assertThat(screen()).contains("Test > Inner").contains("> [ ] Entry a  (hidden)").contains("depends on GATE");
        type("/nosuch\n");
        assertThat(screen()).contains("nothing found for nosuch");
    }

    @Test
    void a_search_is_a_regular_expression_and_a_digit_jumps_to_a_result() {
        type("/^(gate|[npq])$\n");
        assertThat(screen()).contains("> (1) [ ] Gate  GATE", "  (2) (3) Number  N", "  (4) ( ) q  Q", "4 found");
        type("4");
        assertThat(screen()).contains("Test > Pick").contains("> ( ) q");
        type("/(\n");
        assertThat(screen()).contains("not a regular expression: ");
    }

    @Test
    void help_shows_the_text_and_where_the_entry_is_defined() {
        type("?");
        assertThat(screen()).contains("Opens things.").contains("Defined at Kconfig:2");
        type("x");
        assertThat(screen()).contains("> [ ] Gate");
    }

    @Test
    void leaving_with_unsaved_changes_asks() {
        type(" q");
        assertThat(screen()).contains("Save changes?");
        type("x");
        assertThat(session.isFinished()).isFalse();
        type("qy");
        assertThat(session.isFinished()).isTrue();
        assertThat(saved).contains("CONFIG_GATE=y\n");
        assertThat(session.hasUnsavedChanges()).isFalse();
    }

    @Test
    void a_configuration_that_cannot_be_written_keeps_the_session_open() {
        MenuSession failing = new MenuSession(editor, content -> {
            throw new IOException("disk full");
        });
        for (char c : " qy".toCharArray()) {
            failing.press(Key.of(c));
        }
        assertThat(failing.isFinished()).isFalse();
        assertThat(String.join("\n", failing.screen(80, 24))).contains("not saved: disk full");
    }

    @Test
    void nothing_that_is_typed_breaks_the_screen() {
        Random random = new Random(5);
        Key.Kind[] kinds = Key.Kind.values();
        MenuSession s = new MenuSession(editor, content -> { });
        for (int i = 0; i < 5000; i++) {
            Key.Kind kind = kinds[random.nextInt(kinds.length)];
            s.press(kind == Key.Kind.CHARACTER ? Key.of("ymnz/?s qjk1Ax".charAt(random.nextInt(14))) : Key.of(kind));
            int height = 8 + random.nextInt(20);
            assertThat(s.screen(20 + random.nextInt(60), height)).hasSize(height);
        }
    }
}
