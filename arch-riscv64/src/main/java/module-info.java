/** The RISC-V backend. */
@SuppressWarnings("module") // the digits at the end are the architecture's own name
module org.mmkit.arch.riscv64 {
    requires transitive org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.arch.Architecture with
            org.mmkit.arch.riscv64.Riscv64;
}
