/** The interfaces and value types shared by the engine and its plugins. */
module org.mmkit.api {
    requires transitive org.jspecify;

    exports org.mmkit.api;
    exports org.mmkit.api.arch;
    exports org.mmkit.api.cgroup;
    exports org.mmkit.api.config;
    exports org.mmkit.api.feature;
    exports org.mmkit.api.file;
    exports org.mmkit.api.lock;
    exports org.mmkit.api.memory;
    exports org.mmkit.api.pgtable;
    exports org.mmkit.api.policy;
    exports org.mmkit.api.space;
    exports org.mmkit.api.stat;
    exports org.mmkit.api.task;
    exports org.mmkit.api.time;
    exports org.mmkit.api.trace;
}
