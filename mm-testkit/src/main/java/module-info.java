/** Contract tests for backends, allocators and features. */
module org.mmkit.testkit {
    requires transitive org.mmkit.api;
    requires org.mmkit.core;
    requires transitive org.junit.jupiter.api;

    exports org.mmkit.testkit;
}
