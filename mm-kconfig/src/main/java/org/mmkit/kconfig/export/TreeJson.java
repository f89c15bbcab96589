package org.mmkit.kconfig.export;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.Text;

/** All symbols of a configuration with their properties, values and positions as JSON. */
public final class TreeJson {

    private TreeJson() {
    }

    /** Writes the defined symbols in the order of their first mention. */
    public static void write(ResolvedConfiguration configuration, Appendable out) {
        JsonWriter json = new JsonWriter(out);
        json.object().name("schemaVersion").value(1).name("title").value(Text.decode(configuration.tree().title()));
        json.name("symbols").array();
        for (Symbol s : configuration.tree().symbols()) {
            if (s.isDefined() && !s.isChoice() && !s.isConstant()) {
                symbol(json, configuration, s);
            }
        }
        json.endArray().endObject();
    }

    private static void symbol(JsonWriter json, ResolvedConfiguration configuration, Symbol s) {
        json.object().name("name").value(s.name()).name("type").value(s.type().keyword())
                .name("value").value(Text.decode(configuration.values().value(s)))
                .name("written").value(configuration.values().isWritten(s));
        expression(json, "dependsOn", s.directDependency());
        expression(json, "selectedBy", s.reverseDependency());
        expression(json, "impliedBy", s.impliedBy());
        json.name("definitions").array();
        for (MenuNode n : s.nodes()) {
            json.object().name("file").value(n.file()).name("line").value(n.line());
            String help = n.help();
            if (help != null) {
                json.name("help").value(Text.decode(help));
            }
            json.endObject();
        }
        json.endArray().name("properties").array();
        for (Property p : s.properties()) {
            json.object().name("kind").value(p.kind().label()).name("file").value(p.position().file())
                    .name("line").value(p.position().line());
            if (p.isPrompt()) {
                json.name("text").value(Text.decode(p.text()));
            }
            expression(json, "value", p.value());
            expression(json, "if", p.condition());
            json.endObject();
        }
        json.endArray().endObject();
    }

    private static void expression(JsonWriter json, String name, @Nullable Expr e) {
        if (e != null) {
            json.name(name).value(Text.decode(e.toString()));
        }
    }
}
