/** The scenario language: parse, run, record, compare. */
module org.mmkit.scenario {
    requires transitive org.mmkit.api;
    requires transitive org.mmkit.core;
    requires com.google.gson;
}
