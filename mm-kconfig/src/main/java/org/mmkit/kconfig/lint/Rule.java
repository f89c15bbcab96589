package org.mmkit.kconfig.lint;

import java.util.Locale;

/** What the linter looks for. */
public enum Rule {
    /** The files cannot be read as Kconfig. */
    SYNTAX_ERROR("The parser refuses the files"),
    /** A symbol depends on itself. */
    RECURSIVE_DEPENDENCY("Symbols depend on each other in a circle"),
    /** What the parser warned of. */
    PARSER_WARNING("The parser warns of a construct"),
    /** A name that no file defines is referred to. */
    UNDEFINED_SYMBOL("A symbol is referred to that no Kconfig file defines"),
    /** A select or imply names a symbol that no file defines. */
    UNDEFINED_TARGET("A select or imply names a symbol that no Kconfig file defines"),
    /** A select may force a symbol on although its dependencies are not met. */
    UNMET_SELECT("A select can force a symbol whose dependencies are not met"),
    /** No configuration can turn the symbol on. */
    UNREACHABLE_SYMBOL("No configuration gives the symbol another value than n"),
    /** An earlier default always decides. */
    DEAD_DEFAULT("A default can never apply, since earlier ones always do"),
    /** A select of a choice member has no effect. */
    SELECT_OF_CHOICE_MEMBER("A select of a choice member has no effect"),
    /** Help text that no user interface shows. */
    HELP_WITHOUT_PROMPT("Help text of a symbol that no prompt exposes");

    private final String summary;

    Rule(String summary) {
        this.summary = summary;
    }

    /** The name as reports write it: {@code dead-default}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One sentence without a full stop. */
    public String summary() {
        return summary;
    }
}
