package org.mmkit.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the tests find the files of the repository, whatever directory they are started in. */
final class Checkout {

    private Checkout() {}

    /** The directory that holds the launcher and the parent pom. */
    static Path root() {
        for (Path d = Path.of("").toAbsolutePath(); d != null; d = d.getParent()) {
            if (Files.exists(d.resolve("mm-bom/pom.xml"))) {
                return d;
            }
        }
        throw new IllegalStateException("not inside a checkout: " + Path.of("").toAbsolutePath());
    }
}
