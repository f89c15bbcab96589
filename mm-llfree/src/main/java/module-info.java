/** A frame allocator without locks. */
module org.mmkit.llfree {
    requires org.mmkit.api;
    requires static com.google.auto.service;

    provides org.mmkit.api.memory.FrameAllocatorProvider with
            org.mmkit.llfree.Llfree;
}
