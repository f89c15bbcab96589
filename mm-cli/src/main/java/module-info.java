/** The command {@code mm}: one class per subcommand. */
module org.mmkit.cli {
    requires org.mmkit.api;
    requires org.mmkit.kconfig;
    requires org.mmkit.core;
    requires org.mmkit.scenario;
    requires org.mmkit.replay;
    requires info.picocli;
    requires HdrHistogram;
    requires com.google.gson;

    opens org.mmkit.cli to info.picocli;
    opens org.mmkit.cli.kconfig to info.picocli;
}
