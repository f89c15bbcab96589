/** HugeTLB pools and hugetlbfs. */
module org.mmkit.hugetlb {
    requires transitive org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.feature.Feature with org.mmkit.hugetlb.HugetlbFeature;
}
