package org.mmkit.testkit;

/** What a plugin's Kconfig file may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum KconfigBehavior {
    /** A Kconfig file in the plugin's jar. Without: there is none, and another file defines the plugin's symbol. */
    OWN_FILE,
    /** The file can be parsed without any other. Without: it is refused alone. */
    STANDS_ALONE,
    /** All that has a prompt has a help text, choices and their members aside. Without: something has none. */
    HELP_TEXTS
}
