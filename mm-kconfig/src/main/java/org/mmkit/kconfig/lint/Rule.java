package org.mmkit.kconfig.lint;

import java.util.Locale;

/** What the linter looks for. */
public enum Rule {
    /** A name that no file defines is referred to. */
    UNDEFINED_SYMBOL(false, "A symbol is referred to that no Kconfig file defines"),
    /** A select or imply names a symbol that no file defines. */
    UNDEFINED_TARGET(true, "A select or imply names a symbol that no Kconfig file defines"),
    /** A select may force a symbol on although its dependencies are not met. */
    UNMET_SELECT(true, "A select can force a symbol whose dependencies are not met"),
    /** No configuration can turn the symbol on. */
    UNREACHABLE_SYMBOL(true, "No configuration gives the symbol another value than n"),
    /** An earlier default always decides. */
    DEAD_DEFAULT(true, "A default can never apply, since an earlier one always does"),
    /** A select of a choice member has no effect. */
    SELECT_OF_CHOICE_MEMBER(true, "A select of a choice member has no effect"),
    /** Help text that no user interface shows. */
    HELP_WITHOUT_PROMPT(false, "Help text of a symbol that no prompt exposes"),
    /** What the parser warned of. */
    PARSER_WARNING(true, "The parser warns of a construct");

    private final boolean mistake;
    private final String summary;

    Rule(boolean mistake, String summary) {
        this.mistake = mistake;
        this.summary = summary;
    }

    /** The name as reports write it: {@code dead-default}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a finding is a mistake rather than a matter of care. */
    public boolean isMistake() {
        return mistake;
    }

    /** One sentence without a full stop. */
    public String summary() {
        return summary;
    }
}
