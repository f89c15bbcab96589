package org.mmkit.kconfig.model;

import java.util.List;

/** Kconfig files that cannot be read. The message is the first error; all diagnostics are attached. */
public final class KconfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Not serialised: a deserialised exception keeps its message only. */
    private final transient List<Diagnostic> diagnostics;

    /** An exception whose message is the first error among {@code diagnostics}. */
    public KconfigException(List<Diagnostic> diagnostics) {
        super(firstError(diagnostics));
        this.diagnostics = List.copyOf(diagnostics);
    }

    /** An exception with one error. */
    public KconfigException(Diagnostic error) {
        this(List.of(error));
    }

    /** Everything that was reported, in order. */
    public List<Diagnostic> diagnostics() {
        List<Diagnostic> d = diagnostics;
        return d != null ? d : List.of();
    }

    private static String firstError(List<Diagnostic> diagnostics) {
        for (Diagnostic d : diagnostics) {
            if (d.severity() == Diagnostic.Severity.ERROR) {
                return Text.decode(d.rendered());
            }
        }
        return "the Kconfig files have errors";
    }
}
