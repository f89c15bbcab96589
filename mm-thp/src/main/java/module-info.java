/** Transparent huge pages: faults, collapse, split and their knobs. */
module org.mmkit.thp {
    requires transitive org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.feature.Feature with org.mmkit.thp.ThpFeature;
    provides org.mmkit.api.policy.PagePolicyProvider with
            org.mmkit.thp.policy.LinuxPolicyProvider,
            org.mmkit.thp.policy.ReservationPolicyProvider,
            org.mmkit.thp.policy.UtilisationPolicyProvider;
}
