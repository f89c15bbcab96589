package org.mmkit.kconfig.export;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.mmkit.kconfig.lint.Finding;
import org.mmkit.kconfig.lint.Rule;

/** Findings of the linter as JSON and as SARIF 2.1.0, the format of code-scanning services. */
public final class FindingReports {

    private FindingReports() {
    }

    /** A list of objects with rule, level, file, line, symbol and message. */
    public static void json(List<Finding> findings, Appendable out) {
        JsonWriter json = new JsonWriter(out);
        json.object().name("schemaVersion").value(1).name("findings").array();
        for (Finding f : findings) {
            json.object().name("rule").value(f.rule().id()).name("level").value(f.level().id())
                    .name("file").value(f.position().file()).name("line").value(f.position().line())
                    .name("column").value(f.column())
                    .name("symbol").value(f.symbol()).name("message").value(f.message())
                    .name("proof").array();
            f.proof().forEach(json::value);
            json.endArray().endObject();
        }
        json.endArray().endObject();
    }

    /** One run with all rules and results. */
    public static void sarif(List<Finding> findings, Appendable out) {
        JsonWriter json = new JsonWriter(out);
        json.object().name("$schema").value("https://json.schemastore.org/sarif-2.1.0.json")
                .name("version").value("2.1.0").name("runs").array().object();
        json.name("tool").object().name("driver").object().name("name").value("mm kconfig lint").name("rules").array();
        for (Rule rule : Rule.values()) {
            json.object().name("id").value(rule.id()).name("shortDescription").object().name("text")
                    .value(rule.summary()).endObject().endObject();
        }
        json.endArray().endObject().endObject();
        json.name("results").array();
        for (Finding f : findings) {
            json.object().name("ruleId").value(f.rule().id()).name("ruleIndex").value(f.rule().ordinal()).name("level").value(f.level().id())
                    .name("message").object().name("text").value(text(f)).endObject()
                    .name("locations").array().object().name("physicalLocation").object()
                    .name("artifactLocation").object().name("uri").value(uri(f.position().file())).endObject()
                    .name("region").object().name("startLine").value(Math.max(1, f.position().line()))
                    .name("startColumn").value(Math.max(1, f.column())).endObject().endObject().endObject().endArray().endObject();
        }
        json.endArray().endObject().endArray().endObject();
    }

    private static String text(Finding f) {
        return f.proof().isEmpty() ? f.message() : f.message() + "; see " + String.join(" ", f.proof());
    }

    /** A file name as a reference of a URI. */
    private static String uri(String file) {
        try {
            return new URI(null, null, file, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no URI names " + file, e);
        }
    }
}
