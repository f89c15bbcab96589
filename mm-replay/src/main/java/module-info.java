/** Recordings of real programs, replayed under other policies. */
module org.mmkit.replay {
    requires transitive org.mmkit.api;
    requires transitive org.mmkit.core;
    requires com.google.gson;

    exports org.mmkit.replay.compare;
    exports org.mmkit.replay.cost;
    exports org.mmkit.replay.model;
    exports org.mmkit.replay.plan;
    exports org.mmkit.replay.reader;
    exports org.mmkit.replay.report;
    exports org.mmkit.replay.tlb;
}
