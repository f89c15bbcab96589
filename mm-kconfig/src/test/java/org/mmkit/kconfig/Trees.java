package org.mmkit.kconfig;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.model.KconfigTree;

/** Short ways to trees and configurations, for tests. */
public final class Trees {

    private Trees() {
    }

    /** The tree of one text named {@code Kconfig}. */
    public static KconfigTree tree(String text) {
        return Kconfig.inMemory(List.of(KconfigSource.of("Kconfig", text))).parse("Kconfig");
    }

    /** A configuration of {@code text} after the lines of {@code dotConfig}. */
    public static ConfigurationEditor editor(String text, String... dotConfig) {
        ConfigurationEditor editor = new ConfigurationEditor(tree(text));
        String content = String.join("\n", dotConfig) + "\n";
        editor.load(".config", content.getBytes(StandardCharsets.UTF_8));
        return editor;
    }
}
