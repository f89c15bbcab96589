# DONTNEED of parts, wholes and neighbours, then refaults
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
store(a, 10M, 4K, 7)
madvise(a+1M, 4M, MADV_DONTNEED)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
store(a+1M)
store(a+2M)
store(a+4M)
smaps(a, 10M)
pagemap(a, 10M)
madvise(a, 10M, MADV_DONTNEED)
load(a, 10M, 1M)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
status()
