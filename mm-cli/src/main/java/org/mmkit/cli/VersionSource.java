package org.mmkit.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar, with the Java that runs it. */
final class VersionSource implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {line()};
    }

    static String line() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "mm " + (version == null ? "(unpackaged classes)" : version) + ", Java "
                + System.getProperty("java.version");
    }
}
