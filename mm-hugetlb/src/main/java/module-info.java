/** HugeTLB pools and hugetlbfs. */
module org.mmkit.hugetlb {
    requires transitive org.mmkit.api;
    requires static com.google.auto.service;
}
