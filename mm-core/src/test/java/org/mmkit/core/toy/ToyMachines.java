package org.mmkit.core.toy;

import java.util.List;
import java.util.Map;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.boot.Providers;
import org.mmkit.core.boot.Wiring;

/** Machines of the toy architecture with given features, whatever else lies on the class path. */
public final class ToyMachines {

    private ToyMachines() {}

    /** The parts of a machine with 512 MiB; the features' symbols must be symbols of the framework. */
    public static Bootstrap boot(String commandLine, Feature... features) {
        return boot(commandLine, Map.of(), features);
    }

    /** As {@link #boot(String, Feature...)}, with Kconfig symbols set. */
    public static Bootstrap boot(String commandLine, Map<String, String> settings, Feature... features) {
        Providers providers = Providers.none().and(List.of(new ToyArchitecture()), List.of(features));
        return new Bootstrap(Wiring.resolve(providers, new Wiring.Wishes("toy64", "", ".config", settings)), List.of(512L << 20), commandLine, true);
    }
}
