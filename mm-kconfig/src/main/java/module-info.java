/** The Kconfig language, usable on its own. */
module org.mmkit.kconfig {
    requires transitive org.mmkit.api;
}
