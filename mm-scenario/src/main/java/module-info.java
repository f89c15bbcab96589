/** The scenario language: parse, run, record, compare. */
module org.mmkit.scenario {
    requires transitive org.mmkit.api;
    requires transitive org.mmkit.core;
    requires transitive com.google.gson;

    exports org.mmkit.scenario;
    exports org.mmkit.scenario.generate;
    exports org.mmkit.scenario.syntax;
    exports org.mmkit.scenario.record;
}
