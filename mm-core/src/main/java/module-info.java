/** The engine: a machine that boots, maps, faults and tears down. */
@SuppressWarnings("module") // modules that see internals are built after this one
module org.mmkit.core {
    requires transitive org.mmkit.api;
    requires org.mmkit.kconfig;
    requires com.google.common;
    requires jdk.jfr;

    exports org.mmkit.core;
    exports org.mmkit.core.dump;
    exports org.mmkit.core.gup;
    exports org.mmkit.core.observe;
    exports org.mmkit.core.process;
    exports org.mmkit.core.space;
    exports org.mmkit.core.time;
    exports org.mmkit.core.trace;
    exports org.mmkit.core.vfs;

    uses org.mmkit.api.arch.Architecture;
    uses org.mmkit.api.feature.Feature;
    uses org.mmkit.api.memory.FrameAllocatorProvider;
    uses org.mmkit.api.policy.PagePolicyProvider;

    exports org.mmkit.core.memory to
            org.mmkit.testkit;
    exports org.mmkit.core.pgtable to
            org.mmkit.testkit;
}
