/** The engine: a machine that boots, maps, faults and tears down. */
module org.mmkit.core {
    requires transitive org.mmkit.api;
    requires org.mmkit.kconfig;
    requires com.google.common;
}
