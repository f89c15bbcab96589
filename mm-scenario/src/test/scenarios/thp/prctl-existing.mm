# huge pages that are there when a process opts out, and what it then gets
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 2M, 4K, 5)
load(a+2M)
prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
smaps(a, 8M)
pagemap(a, 8M)
store(a+2M)
store(a+4M, 64K)
load(a+6M)
madvise(a+4M, 2M, MADV_COLLAPSE)
madvise(a, 8M, MADV_HUGEPAGE)
store(a+6M)
smaps(a, 8M)
pagemap(a, 8M)
prctl(PR_SET_THP_DISABLE, 1, 2, 0, 0)
madvise(a+4M, 2M, MADV_COLLAPSE)
smaps(a, 8M)
pagemap(a, 8M)
prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)
madvise(a, 8M, MADV_COLLAPSE)
smaps(a, 8M)
pagemap(a, 8M)
