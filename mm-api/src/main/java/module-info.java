/** The interfaces and value types shared by the engine and its plugins. */
module org.mmkit.api {
    requires transitive org.jspecify;
}
