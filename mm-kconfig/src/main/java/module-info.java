/** The Kconfig language, usable on its own. */
module org.mmkit.kconfig {
    requires transitive org.mmkit.api;

    exports org.mmkit.kconfig;
    exports org.mmkit.kconfig.conf;
    exports org.mmkit.kconfig.config;
    exports org.mmkit.kconfig.eval;
    exports org.mmkit.kconfig.explain;
    exports org.mmkit.kconfig.export;
    exports org.mmkit.kconfig.lint;
    exports org.mmkit.kconfig.macro;
    exports org.mmkit.kconfig.menu;
    exports org.mmkit.kconfig.model;
    exports org.mmkit.kconfig.parser;
    exports org.mmkit.kconfig.repair;
}
