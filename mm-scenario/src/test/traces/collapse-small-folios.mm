# events: huge_memory
# MADV_COLLAPSE of folios of 64K: whole, half, partly unmapped and pinned. A line names the head of the last folio.
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
a = mmap(0x100000000000, 16M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
store(a, 2M)
store(a+2M, 1M)
store(a+4M, 2M)
munmap(a+4M+60K, 4K)
pin(p, a+4M+256K, 4K)
store(a+6M,2M)
madvise(a, 2M, MADV_COLLAPSE)
madvise(a+2M, 2M, MADV_COLLAPSE)
madvise(a+4M, 2M, MADV_COLLAPSE)
madvise(a+6M, 2M, MADV_COLLAPSE)
madvise(a, 4K, MADV_COLD)
mprotect(a, 4K, PROT_READ)
madvise(a, 2M, MADV_COLLAPSE)
