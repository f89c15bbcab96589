/** Contract tests for backends, allocators and features. */
module org.mmkit.testkit {
    requires transitive org.mmkit.api;
    requires transitive org.mmkit.core;
    requires org.mmkit.kconfig;
    requires java.management;
    requires jdk.management;
    requires transitive org.junit.jupiter.api;

    uses org.mmkit.api.arch.Architecture;
    uses org.mmkit.api.feature.Feature;
    uses org.mmkit.api.memory.FrameAllocatorProvider;
    uses org.mmkit.api.policy.PagePolicyProvider;

    exports org.mmkit.testkit;
}
