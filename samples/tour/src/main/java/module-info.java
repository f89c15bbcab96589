/** Sample: three plugins in one jar, a policy, a frame allocator and a feature. */
module org.mmkit.sample.tour {
    requires org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.policy.PagePolicyProvider with
            org.mmkit.sample.tour.Earned;
    provides org.mmkit.api.memory.FrameAllocatorProvider with
            org.mmkit.sample.tour.FirstFit;
    provides org.mmkit.api.feature.Feature with
            org.mmkit.sample.tour.Census;
}
