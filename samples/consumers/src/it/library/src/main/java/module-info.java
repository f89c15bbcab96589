/** A program that boots a machine: what it needs beyond this, Java finds. */
module org.example {
    requires org.mmkit.core;

    exports org.example;
}
