/** An architecture with two levels of page tables. */
@SuppressWarnings("module") // the digits are part of the name
module org.mmkit.sample.toy32 {
    requires org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.arch.Architecture with
            org.mmkit.sample.toy32.Toy32;
}
